"""Whose turn it is when more is due than workers are free.

A hint only says that something is due. Projects take turns, then the users within a project: the
one that was served longest ago is next. One user's jobs of a project take turns too, by rank: when
they were submitted or last served, minus ten minutes for every step of priority. So nobody starves:
a share's turn comes round whatever the others queue, and waiting makes up for any priority.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from qtwin.jobs.models import Job
from qtwin.jobs.models.job import NEVER
from qtwin.jobs.selectors import active, due


class Share(NamedTuple):
    """One user's jobs of one project."""

    project: UUID
    user: UUID | None

    @property
    def jobs(self) -> QuerySet[Job]:
        return Job.objects.filter(project=self.project, created_by=self.user)


def turns() -> Iterator[UUID]:
    """Ids of due jobs: of each share that has one its first, the longest unserved share first."""
    for share in _in_order(_shares()):
        first = due(share.jobs).order_by("rank_at", "pk").values_list("pk", flat=True).first()
        if first is not None:
            yield first


def _shares() -> list[Share]:
    rows = active(Job.objects.order_by()).values_list("project_id", "created_by_id").distinct()
    return [Share(*row) for row in rows]


def _in_order(shares: list[Share]) -> list[Share]:
    if len(shares) < 2:
        return shares
    served = {share: _served(share) for share in shares}
    projects: dict[UUID, datetime] = {}
    for share, at in served.items():
        projects[share.project] = max(at, projects.get(share.project, NEVER))
    return sorted(shares, key=lambda share: (projects[share.project], served[share]))


def _served(share: Share) -> datetime:
    """When a job of the share was last claimed."""
    latest = share.jobs.order_by("-served_at").values_list("served_at", flat=True).first()
    return latest or NEVER
