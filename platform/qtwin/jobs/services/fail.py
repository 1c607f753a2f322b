"""How a job ends badly, or tries again."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from qtwin.jobs.models import Job, State
from qtwin.jobs.services.attempt import attempt_end
from qtwin.jobs.services.backoff import MAX_ATTEMPTS, MAX_CRASHES, retry_wait_s
from qtwin.jobs.services.move import move


@transaction.atomic
def job_fail(job: Job, *, code: str, reason: str) -> None:
    """End a claimed job as failed; measurements of finished chunks stay.

    Raises:
        LeaseLost: If somebody else has it.
    """
    move(job, State.FAILED, reason_code=code, reason=reason, data={"reason_code": code})
    attempt_end(job, outcome=code, detail=reason)


@transaction.atomic
def job_try_again(job: Job, *, code: str, reason: str, crashed: bool) -> None:
    """Give a claimed running job back for another attempt, later each time; or give it up.

    Args:
        code: An error class of `MAX_ATTEMPTS`.
        crashed: Whether the experiment itself may be to blame; three in a row end the job.

    Raises:
        LeaseLost: If somebody else has it.
    """
    crashes = job.crash_count + crashed
    if crashes >= MAX_CRASHES or job.attempt >= MAX_ATTEMPTS[code]:
        job_fail(job, code=code, reason=f"{reason} Given up after {job.attempt} attempts.")
        return
    attempt_end(job, outcome=code, detail=reason)
    move(
        job,
        State.RUNNING,
        wait_s=retry_wait_s(job.pk, job.attempt - 1),
        attempt=F("attempt") + 1,
        crash_count=crashes,
        reason_code=code,
        reason=reason,
        data={"reason_code": code, "reason": reason},
    )
