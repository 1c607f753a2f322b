"""Who may work on a job now: claim it with a new fence, or renew the lease that one holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    DurationField,
    F,
    PositiveIntegerField,
    Q,
    QuerySet,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Now

from qtwin.durable import leased
from qtwin.jobs.models import Job, State
from qtwin.jobs.models.job import AWAKE, NEVER, PRIORITY_RANGE, PRIORITY_STEP
from qtwin.jobs.selectors import MAY_NOT_START
from qtwin.jobs.states import ACTIVE
from qtwin.prepared import Read, Slot, change

CRASHED = Q(state__in=[State.RUNNING, State.SUBMITTING, State.FETCHED]) & ~Q(lease_owner="")
"""At work, the lease ran out, and nobody gave it back: its worker died or was cut off."""


class _HeadStart(Case):
    """Spelt out for SQLite, which multiplies no durations."""

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """A product: what binds fewer than fifty values, psycopg need not read each time."""
        priority = F("priority").resolve_expression(compiler.query)
        sql, values = compiler.compile(priority)
        return f"({sql} * %s)", [*values, PRIORITY_STEP]


HEAD_START = _HeadStart(
    *(
        When(priority=priority, then=Value(priority * PRIORITY_STEP))
        for priority in range(-PRIORITY_RANGE, PRIORITY_RANGE + 1)
        if priority
    ),
    default=Value(timedelta(0)),
    output_field=DurationField(),
)

WITHIN = Now() + Slot("lease", DurationField())

CLAIMABLE = Q(
    Q(lease_until__lt=Now(), next_run_at__lte=Now(), state__in=ACTIVE), AWAKE, ~MAY_NOT_START
)


def _one_more(column: str, *, when: Q) -> Case:
    return Case(
        When(when, then=F(column) + 1), default=F(column), output_field=PositiveIntegerField()
    )


CLAIMED = {
    "fence": F("fence") + 1,
    "lease_until": WITHIN,
    "served_at": Now(),
    "rank_at": Now() - HEAD_START,
    "crash_count": _one_more("crash_count", when=CRASHED),
    "attempt": _one_more("attempt", when=CRASHED | Q(attempt=0)),
}


def _held() -> QuerySet[Job]:
    return Job.objects.select_related("project", "source_revision__source").filter(
        pk=Slot("pk", UUIDField()), lease_owner=Slot("owner", CharField())
    )


HELD = Read(_held)


def claim(job_id: UUID | str, *, owner: str, lease_s: float) -> Job | None:
    """Take a due job: one UPDATE on the database's clock. None when it is not to be had.

    A takeover from a worker that died counts as a crash and begins a new attempt.
    """
    with leased():
        claimed = change(
            Job,
            where={"pk": job_id},
            guard=CLAIMABLE,
            fields={**CLAIMED, "lease_owner": owner},
            lease=timedelta(seconds=lease_s),
        )
    return None if claimed is None else HELD.first(pk=job_id, owner=owner)


def seize(job: Job) -> bool:
    """Take a job from whoever works on it; what they do then is dropped. False when it moved on."""
    seized = Job.objects.filter(pk=job.pk, state=job.state).update(
        fence=F("fence") + 1, lease_owner="", lease_until=NEVER
    )
    job.refresh_from_db()
    return bool(seized)


def renew(job: Job, *, lease_s: float, heed_cancel: bool = True) -> bool:
    """Keep the lease; False when it was lost or a cancellation is wanted. The fence stays."""
    held = {"pk": job.pk, "fence": job.fence, "state": job.state}
    if heed_cancel:
        held["cancel_requested_at"] = None
    lease = timedelta(seconds=lease_s)
    with leased():
        return change(Job, where=held, fields={"lease_until": WITHIN}, lease=lease) is not None
