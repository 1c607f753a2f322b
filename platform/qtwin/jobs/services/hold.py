"""Held by a person, and let go of."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.jobs import dispatch
from qtwin.jobs.models import Event, Job, State
from qtwin.jobs.models.job import APPROVAL
from qtwin.jobs.selectors import submission_open
from qtwin.jobs.services.attempt import attempt_log
from qtwin.jobs.services.lease import seize
from qtwin.jobs.services.move import LeaseLost, move

HOLDABLE = (State.QUEUED, State.RUNNING)


class NotPossible(Exception):
    """The job's state does not allow it; the message says which states do."""


def job_hold(*, job: Job, why: str, by: User | None) -> Job:
    """Stop a job until somebody releases it. Finished chunks stay; a running one is dropped.

    Raises:
        NotPossible: If the vendor has it, or may have it, or it has ended.
    """
    if job.state not in HOLDABLE:
        raise NotPossible(f"a job that is {job.state} cannot be held; allowed: QUEUED, RUNNING")
    try:
        with transaction.atomic():
            if not seize(job):
                raise LeaseLost(f"job {job.pk} moved on")
            move(
                job,
                State.HOLD,
                expect={"cancel_requested_at": None},
                reason_code="held",
                reason=why or "held by a person",
                data={"reason_code": "held", "reason": why},
            )
            attempt_log(job, f"held: {why}")
            _audit("job.hold", job, by)
    except LeaseLost as lost:
        raise NotPossible("the job moved on meanwhile, or is being cancelled") from lost
    return job


def job_release(*, job: Job, by: User | None) -> Job:
    """Let a held job go on; where something may have been bought, a worker asks the vendor first.

    Raises:
        NotPossible: If the job is not held.
    """
    if job.state != State.HOLD:
        raise NotPossible(f"a job that is {job.state} cannot be released; allowed: HOLD")
    if job.reason_code == APPROVAL:
        raise NotPossible("the job waits for approval; allowed: to approve it, or to cancel it")
    try:
        with transaction.atomic():
            if submission_open(job) is None:
                move(job, State.QUEUED, reason_code="", reason="", data={"released": True})
            else:
                _ask_for_release(job)
            _audit("job.release", job, by)
    except LeaseLost as lost:
        raise NotPossible("the job moved on meanwhile") from lost
    dispatch.hint(job.pk)
    job.refresh_from_db()
    return job


def _ask_for_release(job: Job) -> None:
    asked = Job.objects.filter(pk=job.pk, fence=job.fence, state=State.HOLD)
    if not asked.update(release_requested_at=Now(), next_run_at=Now()):
        raise LeaseLost(f"job {job.pk} moved on")
    Event.objects.create(project_id=job.project_id, job=job, kind="job.release", fence=job.fence)


def _audit(action: str, job: Job, by: User | None) -> None:
    audit_record(action=action, user=by, team=job.project.team, target=f"job:{job.pk}")
