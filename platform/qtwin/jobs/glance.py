"""What a project's page says of its jobs, by queries that are built once: it is read all day.

Who may see the project may see its jobs.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum, UUIDField

from qtwin.jobs.models import Job, State
from qtwin.jobs.models.job import APPROVAL
from qtwin.jobs.states import TERMINAL
from qtwin.prepared import Read, Slot

RECENT = 8
MOST_APPROVALS = 20


def _of_project() -> QuerySet[Job]:
    newest = Job.objects.order_by("-created_at", "-id")
    return newest.filter(project=Slot("project", UUIDField()))


def _shown(rows: QuerySet[Job]) -> QuerySet[Job]:
    return rows.select_related("source_revision__source")


def _counted() -> Any:
    by_source = _of_project().order_by().values("source_revision__source")
    counted = by_source.annotate(
        jobs=Count("pk"),
        open=Count("pk", filter=~Q(state__in=TERMINAL)),
        failed=Count("pk", filter=Q(state=State.FAILED)),
        points_done=Sum("points_done"),
        points_total=Sum("points_total"),
    )
    names = ("jobs", "open", "failed", "points_done", "points_total")
    return counted.values_list("source_revision__source", *names)


_LATEST = Read(lambda: _shown(_of_project())[:RECENT])
_TO_APPROVE = Read(
    lambda: _shown(_of_project().filter(state=State.HOLD, reason_code=APPROVAL))[:MOST_APPROVALS]
)
_COUNTED: Read[Any] = Read(_counted)


def jobs_latest(project_id: Any) -> list[Job]:
    """The newest few."""
    return _LATEST.all(project=project_id)


def jobs_to_approve(project_id: Any) -> list[Job]:
    """Those that wait for somebody who may spend."""
    return _TO_APPROVE.all(project=project_id)


def jobs_counted(project_id: Any) -> dict[UUID, dict[str, int]]:
    """By the key of a source: its ``jobs``, ``open`` and ``failed`` ones, and their points."""
    names = ("jobs", "open", "failed", "points_done", "points_total")
    return {
        source: dict(zip(names, counts, strict=True))
        for source, *counts in _COUNTED.all(project=project_id)
    }
