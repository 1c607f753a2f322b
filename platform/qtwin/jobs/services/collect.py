"""From the vendor's id to measurements: what the vendor says of a submission, and its result.

Every function takes a claimed job and raises `LeaseLost` when somebody else has it.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from backends.remote import RemoteStatus, Report
from backends.schema import Result
from qtwin.jobs.models import Job, State, Submission
from qtwin.jobs.models.job import UNREAD
from qtwin.jobs.services.attempt import attempt_end, attempt_log
from qtwin.jobs.services.backoff import poll_wait_s
from qtwin.jobs.services.chunk import no_answer, result_keep, result_record
from qtwin.jobs.services.fail import job_fail
from qtwin.jobs.services.move import AFTER, move
from qtwin.jobs.services.rest import rest
from qtwin.jobs.services.settle import micro_seconds, settle
from qtwin.jobs.services.submission import turn
from qtwin.metrics.work import VENDOR_QUEUE_SECONDS
from qtwin.projects.services import artifact_put

ONE_MORE_POLL = F("polls") + 1


@transaction.atomic
def submission_wait(job: Job, submission: Submission, report: Report) -> None:
    """Not finished: ask again, less often each time. Only news makes an event."""
    wait_s = poll_wait_s(job.pk, submission.polls)
    if report.word == submission.remote_status:
        rest(job, wait_s=wait_s)
    else:
        move(
            job,
            State.SUBMITTED,
            wait_s=wait_s,
            reason_code="",
            reason="",
            data={"part": submission.part, "remote_status": report.word},
        )
        attempt_log(job, f"{submission.vendor} says {report.word}")
    turn(
        submission,
        Submission.State.SUBMITTED,
        polls=ONE_MORE_POLL,
        remote_status=report.word[:40],
        wait_s=report.wait_s or 0.0,
        eta=None if report.wait_s is None else AFTER,
        **(_first_run(submission) if report.status is RemoteStatus.RUNNING else {}),
    )


def submission_cancel_sent(job: Job, submission: Submission) -> None:
    """The vendor was asked to cancel; it may still finish, and is then done and charged."""
    turn(submission, Submission.State.SUBMITTED, cancel_sent_at=Now())
    attempt_log(job, f"asked {submission.vendor} to cancel {submission.remote_id}")


def submission_fetch(job: Job, submission: Submission, report: Report) -> None:
    """SUBMITTED to FETCHED: the vendor's bytes are kept before anything is made of them."""
    if report.payload is None:
        raise ValueError("no payload")
    raw = artifact_put(project=job.project, kind="vendor-result", data=report.payload)
    with transaction.atomic():
        move(
            job,
            State.FETCHED,
            keep_lease=True,
            reason_code="",
            reason="",
            data={"part": submission.part, "sha256": raw.sha256, "size": raw.size},
        )
        turn(
            submission,
            Submission.State.FETCHED,
            raw=raw,
            remote_status=report.word[:40],
            billed_cost=report.cost_micro_usd,
            billed_qpu=micro_seconds(report.qpu_seconds),
            eta=None,
            **_first_run(submission),
        )
        attempt_log(job, f"fetched {raw.size} bytes, sha256 {raw.sha256}")


def submission_finish(job: Job, submission: Submission, result: Result) -> None:
    """FETCHED to DONE: measurements and settlement, once; or on to the next part."""
    start, stop = submission.first_row, submission.first_row + submission.rows
    kept = result_keep(job, start=start, result=result)
    failed = job.points_failed + len(result.failures)
    done, hopeless = stop == job.points_total, failed == job.points_total
    fields: dict[str, Any] = {"points_done": stop, "points_failed": failed, "crash_count": 0}
    with transaction.atomic():
        settle(submission, Submission.State.DONE, **billed(job, submission))
        if hopeless:
            reason = no_answer(job, result)
            move(job, State.FAILED, reason_code="no_answer", reason=reason, **fields)
        else:
            move(job, State.DONE if done else State.QUEUED, **fields, data={"points_done": stop})
        result_record(job, start=start, result=result, kept=kept)
        if done:
            attempt_end(job, outcome="no_answer" if hopeless else "done")


@transaction.atomic
def submission_malformed(job: Job, submission: Submission, *, code: str, reason: str) -> None:
    """FETCHED to FAILED: it was run and is paid; the bytes stay for whoever looks into it."""
    settle(submission, Submission.State.FAILED, **billed(job, submission))
    job_fail(job, code=code, reason=reason)


@transaction.atomic
def submission_unread(job: Job, submission: Submission, *, reason: str) -> None:
    """FETCHED to HOLD: it is paid and its bytes are kept, but reading them ends workers."""
    move(
        job,
        State.HOLD,
        reason_code=UNREAD,
        reason=reason,
        data={"part": submission.part, "reason_code": UNREAD, "reason": reason},
    )
    turn(submission, Submission.State.HOLD)
    attempt_log(job, f"{UNREAD}: {reason}")


@transaction.atomic
def submission_read_again(job: Job, submission: Submission) -> None:
    """HOLD, and a person wants it over: back to FETCHED, or settled and cancelled."""
    if job.cancel_requested_at is None:
        move(
            job,
            State.FETCHED,
            crash_count=0,
            release_requested_at=None,
            reason_code="",
            reason="",
            data={"part": submission.part, "released": True},
        )
        turn(submission, Submission.State.FETCHED)
        return
    settle(submission, Submission.State.CANCELLED, **billed(job, submission))
    move(job, State.CANCELLED, reason_code="cancelled", reason="cancelled on request")
    attempt_end(job, outcome="cancelled")


@transaction.atomic
def submission_end(job: Job, submission: Submission, report: Report) -> None:
    """The vendor ended it without a result: settle what it charges, give back the rest."""
    cancelled = report.status is RemoteStatus.CANCELLED
    code = "cancelled" if cancelled else "vendor_failed"
    wanted = job.cancel_requested_at is not None
    reason = report.message or f"{submission.vendor} says {report.word}"
    turn(
        submission,
        Submission.State.SUBMITTED,
        remote_status=report.word[:40],
        **_first_run(submission),
    )
    ended = Submission.State.CANCELLED if cancelled else Submission.State.FAILED
    used = micro_seconds(report.qpu_seconds) or 0
    settle(submission, ended, actual=report.cost_micro_usd or 0, qpu=used)
    move(
        job,
        State.CANCELLED if cancelled else State.FAILED,
        reason_code=code,
        reason="cancelled on request" if cancelled and wanted else reason,
        data={"part": submission.part, "remote_status": report.word},
    )
    attempt_end(job, outcome=code, detail=reason)


def _first_run(submission: Submission) -> dict[str, Any]:
    """The column that says when it left the vendor's queue, the first time that this is known."""
    if submission.running_at is not None:
        return {}
    waited = timezone.now() - submission.started_at
    observe = partial(VENDOR_QUEUE_SECONDS.observe, vendor=submission.vendor)
    transaction.on_commit(partial(observe, waited.total_seconds()))
    return {"running_at": Now()}


def billed(job: Job, submission: Submission) -> dict[str, int]:
    """What the vendor says that it charges, or what it was expected to, until it says so."""
    money, qpu = submission.billed_cost, submission.billed_qpu
    if qpu is None:
        share = submission.rows / max(1, job.points_total - job.points_reused)
        qpu = micro_seconds(job.estimated_qpu_seconds * share)
    return {"actual": submission.estimated_cost if money is None else money, "qpu": qpu or 0}
