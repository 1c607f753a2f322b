"""Submitting one part of a job to a vendor's queue: from the intent to the vendor's id.

Every function takes a claimed job, moves it and its submission in one transaction, and raises
`LeaseLost` when somebody else has the job. The job's state is that of its open submission.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Now

from backends.base import Capabilities
from qtwin.jobs.models import Job, State, Submission
from qtwin.jobs.services.attempt import attempt_end, attempt_log
from qtwin.jobs.services.backoff import MAX_ATTEMPTS, poll_wait_s, retry_wait_s
from qtwin.jobs.services.fail import job_fail
from qtwin.jobs.services.move import STARTED, LeaseLost, move
from qtwin.jobs.services.settle import settle
from qtwin.jobs.switches import SWITCHED_OFF
from qtwin.prepared import change_row

SWITCHED_ON = ~SWITCHED_OFF


def submission_begin(job: Job, able: Capabilities, *, since: datetime | None = None) -> Submission:
    """QUEUED to SUBMITTING: the token is on the disk before any byte goes to the vendor.

    What is turned off after the claim stops it here.

    Args:
        since: When it may have been sent already, by what the database does not remember.
    """
    queue = able.queue
    if queue is None:
        raise ValueError("the backend has no queue")
    rows = min(job.chunk_points, job.points_total - job.points_done)
    part, epoch = _next(job)
    with transaction.atomic(durable=True):
        move(
            job,
            State.SUBMITTING,
            expect={"cancel_requested_at": None, "points_done": job.points_done},
            guard=SWITCHED_ON,
            keep_lease=True,
            started_at=STARTED,
            reason_code="",
            reason="",
            data={"part": part, "epoch": epoch},
        )
        return Submission.objects.create(
            job=job,
            part=part,
            epoch=epoch,
            first_row=job.points_done,
            rows=rows,
            token=submission_token(job, part, epoch),
            vendor=queue.vendor,
            estimated_cost=-(-job.estimated_cost * rows // (job.points_total - job.points_reused)),
            bill_lag_s=queue.bill_lag_s,
            started_at=since or Now(),
        )


def submission_token(job: Job, part: int, epoch: int) -> str:
    """The name that a vendor knows one try of a part by."""
    return f"qtwin-{job.pk}-{part}-{epoch}"


def _next(job: Job) -> tuple[int, int]:
    """The part that comes next, and its epoch."""
    over = Submission.objects.filter(job=job)
    part = over.exclude(state=Submission.State.VOID).count()
    last = over.filter(part=part).aggregate(last=Max("epoch"))["last"]
    return part, 0 if last is None else last + 1


@transaction.atomic
def submission_accept(
    job: Job, submission: Submission, *, remote_id: str, token: str = "", epoch: int = 0
) -> None:
    """The vendor gave an id, or was found to have exactly one run under the token.

    Args:
        token: Of a later try that the database forgot, with its ``epoch``.
    """
    move(
        job,
        State.SUBMITTED,
        wait_s=poll_wait_s(job.pk, 0) if job.cancel_requested_at is None else 0.0,
        crash_count=0,
        release_requested_at=None,
        reason_code="",
        reason="",
        data={"part": submission.part, "remote_id": remote_id},
    )
    named: dict[str, Any] = {"token": token, "epoch": epoch} if token else {}
    turn(submission, Submission.State.SUBMITTED, remote_id=remote_id, tries=0, **named)
    attempt_log(job, f"{submission.vendor} accepted {token or submission.token} as {remote_id}")


@transaction.atomic
def submission_doubt(job: Job, submission: Submission, *, reason: str, code: str) -> None:
    """Whether the vendor has it is still not known; ask again later, under the same token."""
    attempt_log(job, f"{code}: {reason}")
    move(
        job,
        State.SUBMITTING,
        wait_s=retry_wait_s(job.pk, submission.tries),
        crash_count=0,
        reason_code=code,
        reason=reason,
        data={"part": submission.part, "tries": submission.tries + 1, "reason": reason},
    )
    turn(submission, Submission.State.SUBMITTING, tries=F("tries") + 1)


@transaction.atomic
def submission_void(
    job: Job, submission: Submission, *, code: str, reason: str, wait_s: float | None = None
) -> None:
    """Proven that the vendor has nothing: the part waits for its next epoch, or is given up."""
    settle(submission, Submission.State.VOID, actual=0, qpu=0)
    counts = code in MAX_ATTEMPTS
    if counts and job.attempt >= MAX_ATTEMPTS[code]:
        job_fail(job, code=code, reason=f"{reason} Given up after {job.attempt} attempts.")
        return
    if counts:
        attempt_end(job, outcome=code, detail=reason)
    else:
        attempt_log(job, f"{code}: {reason}")
    move(
        job,
        State.QUEUED,
        wait_s=retry_wait_s(job.pk, submission.epoch) if wait_s is None else wait_s,
        attempt=F("attempt") + int(counts),
        crash_count=0,
        release_requested_at=None,
        reason_code=code,
        reason=reason,
        data={"part": submission.part, "reason_code": code, "reason": reason},
    )


@transaction.atomic
def submission_refuse(job: Job, submission: Submission, *, reason: str) -> None:
    """The vendor will never take it (a permanent 4xx), and has nothing."""
    settle(submission, Submission.State.FAILED, actual=0, qpu=0)
    job_fail(job, code="rejected", reason=reason)


@transaction.atomic
def submission_hold(
    job: Job, submission: Submission, *, code: str, reason: str, found: list[str] | None = None
) -> None:
    """Whether something was bought must be found out by a person."""
    data: dict[str, Any] = {"part": submission.part, "reason_code": code, "reason": reason}
    if found is not None:
        data |= {"incident": code, "remote_ids": found}
    move(job, State.HOLD, reason_code=code, reason=reason, data=data)
    turn(submission, Submission.State.HOLD)
    attempt_log(job, f"{code}: {reason}")


@transaction.atomic
def submission_give_up(job: Job, submission: Submission) -> None:
    """HOLD, and a person wants it over; the vendor, asked again just now, has nothing."""
    settle(submission, Submission.State.VOID, actual=0, qpu=0)
    attempt_end(job, outcome="nothing_found", detail=f"{submission.vendor} has no run of it")
    if job.cancel_requested_at is None:
        move(
            job,
            State.QUEUED,
            attempt=F("attempt") + 1,
            release_requested_at=None,
            reason_code="",
            reason="",
            data={"part": submission.part, "released": True},
        )
    else:
        move(job, State.CANCELLED, reason_code="cancelled", reason="cancelled on request")


def turn(
    submission: Submission, to: Submission.State, *, wait_s: float = 0.0, **fields: Any
) -> None:
    """Compare-and-set a submission, inside its job's move; ``wait_s`` is the one of `AFTER`."""
    known: dict[str, Any] = {"state": submission.state}
    if "remote_id" in fields:
        known["remote_id"] = None
    wait = timedelta(seconds=wait_s)
    if not change_row(submission, where=known, fields={"state": to.value, **fields}, wait=wait):
        raise LeaseLost(f"submission {submission.pk} moved on")
