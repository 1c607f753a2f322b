"""How far a project's sources have come, and its jobs in a nutshell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects

from qtwin.jobs.glance import jobs_counted
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


def source_progress(project: Project) -> list[SourceProgress]:
    """One row per source."""
    counts = jobs_counted(project.pk)
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
