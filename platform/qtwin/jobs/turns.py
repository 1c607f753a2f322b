"""Whose turn it is when more is due than workers are free.

A hint only says that something is due. Projects take turns, then the users within a project: the
one that was served longest ago is next. One user's jobs of a project take turns too, by rank: when
they were submitted or last served, minus ten minutes for every step of priority. So nobody starves:
a share's turn comes round whatever the others queue, and waiting makes up for any priority.

Where more projects than `COMPARED` have work, that many of them, drawn by lot, are compared for
each turn: what a turn costs does not grow with the platform, and the longest unserved ones still
come first, soon rather than at once (the power of d choices: Mitzenmacher, IEEE TPDS 12, 2001).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain, groupby
from operator import attrgetter
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db.models import QuerySet, UUIDField

from qtwin.jobs.models import Job
from qtwin.jobs.models.job import NEVER
from qtwin.jobs.selectors import active, due
from qtwin.prepared import Read, Slot

COMPARED = 32
"""Projects."""

T = TypeVar("T")
PerShare = tuple[Read[T], Read[T]]


class Share(NamedTuple):
    """One user's jobs of one project."""

    project: UUID
    user: UUID | None

    def first(self, read: PerShare[T]) -> T | None:
        """The first row that ``read`` finds in it."""
        anonymous = self.user is None
        return read[anonymous].first(project=self.project, user=self.user)


def _per_share(rows: Callable[[QuerySet[Job]], QuerySet[Job, T]]) -> PerShare[T]:
    """The rows of a share of somebody, and of one of nobody."""
    in_project = Job.objects.filter(project=Slot("project", UUIDField()))
    user = Slot("user", Job.created_by.field.target_field)
    return (
        Read(lambda: rows(in_project.filter(created_by=user))),
        Read(lambda: rows(in_project.filter(created_by=None))),
    )


SHARES = Read(
    lambda: active(Job.objects.order_by()).values_list("project_id", "created_by_id").distinct()
)
FIRST_DUE = _per_share(
    lambda jobs: due(jobs).order_by("rank_at", "pk").values_list("pk", flat=True)[:1]
)
SERVED = _per_share(
    lambda jobs: jobs.order_by("-served_at").values_list("served_at", flat=True)[:1]
)


def turns() -> Iterator[UUID]:
    """Ids of due jobs: of each share that has one its first, the longest unserved share first."""
    for compared in _by_lot([Share(*row) for row in SHARES.all()]):
        for share in _in_order(compared):
            first = share.first(FIRST_DUE)
            if first is not None:
                yield first


def _by_lot(shares: list[Share]) -> Iterator[list[Share]]:
    """The shares of some projects, then of others, until it was every project's turn."""
    whose = attrgetter("project")
    projects = [list(its) for _, its in groupby(sorted(shares, key=whose), key=whose)]
    if len(projects) > COMPARED:
        random.shuffle(projects)
    for start in range(0, len(projects), COMPARED):
        yield list(chain.from_iterable(projects[start : start + COMPARED]))


def _in_order(shares: list[Share]) -> list[Share]:
    if len(shares) < 2:
        return shares
    served = {share: share.first(SERVED) or NEVER for share in shares}
    projects: dict[UUID, datetime] = {}
    for share, at in served.items():
        projects[share.project] = max(at, projects.get(share.project, NEVER))
    return sorted(shares, key=lambda share: (projects[share.project], served[share]))
