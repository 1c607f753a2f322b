"""Who may work on a job now: claim it with a new fence, or renew the lease that one holds."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import (
    Case,
    DurationField,
    F,
    PositiveIntegerField,
    Q,
    Value,
    When,
)
from django.db.models.functions import Now

from qtwin.jobs.models import Job, State
from qtwin.jobs.models.job import AWAKE, NEVER, PRIORITY_RANGE, PRIORITY_STEP
from qtwin.jobs.selectors import MAY_NOT_START
from qtwin.jobs.states import ACTIVE

CRASHED = Q(state__in=[State.RUNNING, State.SUBMITTING, State.FETCHED]) & ~Q(lease_owner="")
"""At work, the lease ran out, and nobody gave it back: its worker died or was cut off."""

HEAD_START = Case(
    *(
        When(priority=priority, then=Value(priority * PRIORITY_STEP))
        for priority in range(-PRIORITY_RANGE, PRIORITY_RANGE + 1)
        if priority
    ),
    default=Value(timedelta(0)),
    output_field=DurationField(),
)
"""Spelt out, since SQLite multiplies no durations."""


def claim(job_id: UUID | str, *, owner: str, lease_s: float) -> Job | None:
    """Take a due job: one UPDATE on the database's clock. None when it is not to be had.

    A takeover from a worker that died counts as a crash and begins a new attempt.
    """
    claimed = (
        Job.objects.filter(pk=job_id, lease_until__lt=Now(), next_run_at__lte=Now())
        .filter(AWAKE, state__in=ACTIVE)
        .exclude(MAY_NOT_START)
        .update(
            fence=F("fence") + 1,
            lease_owner=owner,
            lease_until=Now() + timedelta(seconds=lease_s),
            served_at=Now(),
            rank_at=Now() - HEAD_START,
            crash_count=_one_more("crash_count", when=CRASHED),
            attempt=_one_more("attempt", when=CRASHED | Q(attempt=0)),
        )
    )
    if not claimed:
        return None
    return (
        Job.objects.select_related("project", "source_revision__source")
        .filter(pk=job_id, lease_owner=owner)
        .first()
    )


def _one_more(column: str, *, when: Q) -> Case:
    return Case(
        When(when, then=F(column) + 1), default=F(column), output_field=PositiveIntegerField()
    )


def seize(job: Job) -> bool:
    """Take a job from whoever works on it; what they do then is dropped. False when it moved on."""
    seized = Job.objects.filter(pk=job.pk, state=job.state).update(
        fence=F("fence") + 1, lease_owner="", lease_until=NEVER
    )
    job.refresh_from_db()
    return bool(seized)


def renew(job: Job, *, lease_s: float, heed_cancel: bool = True) -> bool:
    """Keep the lease; False when it was lost or a cancellation is wanted. The fence stays."""
    held = Job.objects.filter(pk=job.pk, fence=job.fence, state=job.state)
    if heed_cancel:
        held = held.filter(cancel_requested_at=None)
    return bool(held.update(lease_until=Now() + timedelta(seconds=lease_s)))
