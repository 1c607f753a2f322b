"""Cancelling: a wish first, carried out by whoever holds the job."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from django.db.models.functions import Now

from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.jobs import dispatch
from qtwin.jobs.models import Event, Job, State
from qtwin.jobs.selectors import submission_open
from qtwin.jobs.services.attempt import attempt_end
from qtwin.jobs.services.lease import claim
from qtwin.jobs.services.move import LeaseLost, move
from qtwin.jobs.services.rest import rest
from qtwin.jobs.states import TERMINAL

LEASE_S = 10


def job_cancel(*, job: Job, by: User | None) -> Job:
    """Ask for a job to be cancelled; at once when nobody is working on it.

    A job that has ended already stays as it is. A running chunk is stopped by its worker.
    """
    with transaction.atomic():
        asked = (
            Job.objects.filter(pk=job.pk, cancel_requested_at=None)
            .exclude(state__in=TERMINAL)
            .update(cancel_requested_at=Now(), next_run_at=Now())
        )
        if asked:
            Event.objects.create(
                project_id=job.project_id, job=job, kind="job.cancel", fence=job.fence
            )
            audit_record(
                action="job.cancel", user=by, team=job.project.team, target=f"job:{job.pk}"
            )
    if asked:
        _at_once(job)
    job.refresh_from_db()
    return job


def _at_once(job: Job) -> None:
    """Cancel what nobody works on and no vendor may have; else hint at whoever will."""
    job.refresh_from_db()
    if job.state in {State.QUEUED, State.RUNNING} or _held_by_person(job):
        held = claim(job.pk, owner="cancel", lease_s=LEASE_S)
        if held is not None:
            with suppress(LeaseLost):
                if submission_open(held) is None:
                    job_finish_cancelled(held)
                    return
                rest(held, wait_s=0)
    dispatch.hint(job.pk)


def _held_by_person(job: Job) -> bool:
    return job.state == State.HOLD and submission_open(job) is None


@transaction.atomic
def job_finish_cancelled(job: Job) -> None:
    """End a claimed job that no vendor has as cancelled; its measurements so far stay.

    Raises:
        LeaseLost: If somebody else has it.
    """
    move(job, State.CANCELLED, reason_code="cancelled", reason="cancelled on request")
    attempt_end(job, outcome="cancelled")
