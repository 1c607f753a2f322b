"""Steps of a job that no vendor is known to have: submit a part, or learn what became of it."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial

from django.conf import settings

from backends.base import Backend, Handle, Idempotency
from backends.errors import BackendError, CredentialRefused, NotCreated, ProgramRejected
from backends.schema import Experiment, RunOptions
from qtwin.jobs.models import Job, Submission
from qtwin.jobs.restored import job_restored, submission_restored
from qtwin.jobs.selectors import job_experiment, submission_older_than
from qtwin.jobs.services import (
    rest,
    submission_accept,
    submission_begin,
    submission_doubt,
    submission_give_up,
    submission_hold,
    submission_read_again,
    submission_refuse,
    submission_token,
    submission_void,
)
from qtwin.jobs.services.backoff import MAX_SUBMIT_CRASHES
from qtwin.jobs.switches import Off, switched_off
from qtwin.metrics.work import REPAIRS
from workers.ask import ask
from workers.seed import chunk_seed

log = logging.getLogger(__name__)
Found = dict[str, tuple[str, int]]
"""Token and epoch of each of a vendor's runs, by its id."""

CLOCK_SKEW = timedelta(minutes=5)
"""How far a vendor's clock may be behind ours."""

FORGOTTEN_EPOCHS = 8
"""How many later tries of a part are looked for, where the database may not remember them."""


def begin(job: Job, backend: Backend) -> None:
    """QUEUED: write the intent down, then send it.

    A job from a backup that was put back may have been sent after the backup was made.
    """
    if job_restored(job):
        forgotten = submission_begin(job, backend.capabilities, since=job.created_at)
        _look(job, backend, forgotten)
        return
    submission = submission_begin(job, backend.capabilities)
    try:
        handle = _send(job, backend, submission)
    except ProgramRejected as error:
        submission_refuse(job, submission, reason=str(error))
    except NotCreated as error:
        submission_void(
            job, submission, code="not_created", reason=str(error), wait_s=error.retry_after_s
        )
    except CredentialRefused as error:
        submission_void(
            job,
            submission,
            code="blocked_credential",
            reason=str(error),
            wait_s=settings.JOB_BLOCKED_S,
        )
    except BackendError as error:
        submission_doubt(job, submission, reason=str(error), code="outcome_unknown")
    else:
        submission_accept(job, submission, remote_id=handle.remote_id)


def resolve(job: Job, backend: Backend, submission: Submission) -> None:
    """SUBMITTING, and an earlier try has no answer: repeat its token, or look for it.

    What an earlier try did is open, so nothing that a later one meets proves that it did nothing.
    What a backup remembers of it is older than what became of it, so nothing is sent again then.
    """
    if job.crash_count >= MAX_SUBMIT_CRASHES:
        reason = f"Its worker died {job.crash_count} times in a row while it submitted."
        submission_hold(job, submission, code="poison", reason=reason)
    elif submission_restored(submission) or not _repeatable(backend, submission):
        _look(job, backend, submission)
    elif (off := switched_off(job)) is not None:
        _look(job, backend, submission, off=off)
    else:
        _repeat(job, backend, submission)


def _repeatable(backend: Backend, submission: Submission) -> bool:
    """Whether the vendor still recognises the token, with time to spare for one more request."""
    able = backend.capabilities
    if able.idempotency is not Idempotency.TOKEN or able.queue is None:
        return False
    lifetime_s = able.queue.token_lifetime_s
    margin_s = able.queue.request_timeout_s + settings.JOB_LEASE_S
    return lifetime_s is None or not submission_older_than(submission, lifetime_s - margin_s)


def _repeat(job: Job, backend: Backend, submission: Submission) -> None:
    try:
        handle = _send(job, backend, submission)
    except ProgramRejected as error:
        reason = f"{submission.vendor} refuses what it may have accepted before: {error}"
        submission_hold(job, submission, code="refused_later", reason=reason)
    except CredentialRefused as error:
        submission_doubt(job, submission, reason=str(error), code="blocked_credential")
    except BackendError as error:
        submission_doubt(job, submission, reason=str(error), code="outcome_unknown")
    else:
        submission_accept(job, submission, remote_id=handle.remote_id)


def _send(job: Job, backend: Backend, submission: Submission) -> Handle:
    part, options = asked_of(job, submission)
    answer = ask(job, "submit", lambda: backend.submit(part, options, token=submission.token))
    if not isinstance(answer, Handle):
        raise BackendError(f"{backend.name} answered without an id")
    return answer


def asked_of(job: Job, submission: Submission) -> tuple[Experiment, RunOptions]:
    """The points of one submission, with a seed of their own."""
    experiment, options = job_experiment(job)
    first = submission.first_row
    return (
        experiment.rows(first, first + submission.rows),
        replace(options, seed=chunk_seed(job.seed, first)),
    )


def _look(job: Job, backend: Backend, submission: Submission, *, off: Off | None = None) -> None:
    """See what the vendor has. A token that may not be repeated while something is off waits."""
    try:
        found = find(job, backend, submission)
    except BackendError as error:
        blocked = isinstance(error, CredentialRefused)
        code = "blocked_credential" if blocked else "outcome_unknown"
        submission_doubt(job, submission, reason=str(error), code=code)
        return
    if found is not None and len(found) > 1:
        _incident(job, submission, sorted(found))
    elif found:
        _accept(job, submission, found)
        REPAIRS.count(kind="found")
    elif off is not None:
        reason = f"{off.sentence} It is not sent again meanwhile."
        submission_doubt(job, submission, reason=reason, code=off.code)
    elif found is None or submission_older_than(submission, quarantine_s(backend)):
        reason = (
            f"Whether {submission.vendor} accepted it is not known, and it has no run of that name."
        )
        submission_hold(job, submission, code="outcome_unknown", reason=reason)
    else:
        reason = f"{submission.vendor} gave no answer; it may not list the run yet."
        submission_doubt(job, submission, reason=reason, code="outcome_unknown")


def _accept(job: Job, submission: Submission, found: Found) -> None:
    ((remote_id, (token, epoch)),) = found.items()
    submission_accept(job, submission, remote_id=remote_id, token=token, epoch=epoch)


def _incident(job: Job, submission: Submission, found: list[str]) -> None:
    reason = f"{submission.vendor} has {len(found)} runs of one submission: {', '.join(found)}"
    log.error("incident: job %s: %s", job.pk, reason)
    REPAIRS.count(kind="incident")
    submission_hold(job, submission, code="several_found", reason=reason, found=found)


def quarantine_s(backend: Backend) -> float:
    """How long a run that was submitted may still be on its way, or missing from the list."""
    queue = backend.capabilities.queue
    if queue is None:
        raise ValueError(f"{backend.name} has no queue")
    return queue.request_timeout_s + float(settings.JOB_LEASE_S) + queue.list_lag_s


def find(job: Job, backend: Backend, submission: Submission) -> Found | None:
    """The vendor's runs of a submission by their ids; None when it cannot be asked for them.

    After a backup was put back, those of later tries of the part are its too.
    """
    since = submission.started_at - CLOCK_SKEW
    later = FORGOTTEN_EPOCHS if submission_restored(submission) else 0
    found: Found = {}
    for epoch in range(submission.epoch, submission.epoch + 1 + later):
        token = submission_token(job, submission.part, epoch)
        try:
            handles = ask(job, "find", partial(backend.find, token, since))
        except NotImplementedError:
            return None
        found |= {handle.remote_id: (token, epoch) for handle in handles}
    return found


def released(job: Job, backend: Backend, submission: Submission) -> None:
    """HOLD, and a person wants it released or cancelled: ask the vendor once more, now.

    What is paid and kept needs no vendor.
    """
    if submission.raw is not None:
        submission_read_again(job, submission)
        return
    try:
        found = find(job, backend, submission) or {}
    except BackendError as error:
        rest(job, wait_s=settings.JOB_BLOCKED_S, code=job.reason_code, reason=str(error))
        return
    if len(found) > 1:
        reason = (
            f"{submission.vendor} still has {len(found)} runs of one submission; cancel all but "
            f"one there: {', '.join(sorted(found))}"
        )
        rest(job, wait_s=settings.JOB_BLOCKED_S, code="several_found", reason=reason)
    elif found:
        _accept(job, submission, found)
    elif submission_older_than(submission, quarantine_s(backend)):
        submission_give_up(job, submission)
    else:
        rest(job, wait_s=1.0, code=job.reason_code, reason=job.reason)
