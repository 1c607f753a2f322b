"""How far a project's sources have come, and its jobs in a nutshell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum, prefetch_related_objects

from qtwin.jobs.models import Job, State
from qtwin.jobs.states import TERMINAL
from qtwin.projects.models import Project, Source, SourceRevision
from qtwin.twins.selectors import source_notes


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceProgress:
    source: Source
    revision: SourceRevision | None
    jobs: int
    open: int
    failed: int
    points_done: int
    points_total: int
    note: str


def source_progress(project: Project, jobs: QuerySet[Job]) -> list[SourceProgress]:
    """One row per source; ``jobs`` are the project's jobs that the user sees."""
    counts: dict[Any, dict[str, Any]] = {
        row["source_revision__source"]: dict(row)
        for row in jobs.filter(project=project)
        .order_by()
        .values("source_revision__source")
        .annotate(
            jobs=Count("pk"),
            open=Count("pk", filter=~Q(state__in=TERMINAL)),
            failed=Count("pk", filter=Q(state=State.FAILED)),
            points_done=Sum("points_done"),
            points_total=Sum("points_total"),
        )
    }
    prefetch_related_objects([project], "sources__revisions")
    notes = source_notes(project)
    return [
        _row(one, counts.get(one.pk, {}), notes.get(one.name, "")) for one in project.sources.all()
    ]


def _row(source: Source, counts: dict[str, Any], note: str) -> SourceProgress:
    revisions: Iterable[SourceRevision] = source.revisions.all()
    return SourceProgress(
        source=source,
        revision=max(revisions, key=lambda revision: revision.number, default=None),
        jobs=counts.get("jobs", 0),
        open=counts.get("open", 0),
        failed=counts.get("failed", 0),
        points_done=counts.get("points_done", 0),
        points_total=counts.get("points_total", 0),
        note=note,
    )
