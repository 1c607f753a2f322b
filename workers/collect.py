"""Steps of a job that a vendor has: ask how it stands, keep its bytes, turn them into numbers."""

from __future__ import annotations

import logging
from dataclasses import replace

from django.conf import settings

from backends import registry
from backends.base import Backend, Handle
from backends.errors import BackendError, BackendUnavailable, CredentialRefused, UnknownStatus
from backends.remote import RemoteStatus, Report
from backends.schema import Result
from qtwin import tracing
from qtwin.jobs.models import Job, Submission
from qtwin.jobs.services import (
    LeaseLost,
    attempt_log,
    renew,
    rest,
    submission_cancel_sent,
    submission_end,
    submission_fetch,
    submission_finish,
    submission_malformed,
    submission_unread,
    submission_wait,
)
from qtwin.jobs.services.backoff import MAX_CRASHES, retry_wait_s
from qtwin.projects.services import artifact_read
from qtwin.twins import dispatch as twin_dispatch
from workers.ask import ask
from workers.sandbox import (
    HOPELESS,
    Cancelled,
    Crashed,
    Finished,
    Limits,
    Malformed,
    Outcome,
    ParseRequest,
    Rejected,
    Unavailable,
    shared,
)
from workers.submit import asked_of

log = logging.getLogger(__name__)

READING = Limits(cpu_s=120.0, wall_s=300.0)


def poll(job: Job, backend: Backend, submission: Submission) -> None:
    """SUBMITTED: pass a wish to cancel on, then ask how it stands."""
    try:
        report = _asked(job, backend, submission)
    except CredentialRefused as error:
        rest(
            job,
            wait_s=settings.JOB_BLOCKED_S,
            code="blocked_credential",
            reason=str(error),
        )
    except UnknownStatus as error:
        log.error("job %s: %s: %s", job.pk, submission.vendor, error)
        rest(job, wait_s=settings.JOB_BLOCKED_S, code="unknown_status", reason=str(error))
    except BackendError as error:
        wait_s = retry_wait_s(job.pk, submission.polls)
        rest(job, wait_s=wait_s, code="vendor_unavailable", reason=str(error))
    else:
        _told(job, backend, submission, report)


def _asked(job: Job, backend: Backend, submission: Submission) -> Report:
    handle = Handle(backend=backend.name, remote_id=submission.remote_id or "")
    if job.cancel_requested_at is not None and submission.cancel_sent_at is None:
        _cancel(job, backend, submission, handle)
    return ask(job, "fetch", lambda: backend.fetch(handle))


def _cancel(job: Job, backend: Backend, submission: Submission, handle: Handle) -> None:
    """A vendor that takes no cancellation now is asked again at the next step."""
    try:
        ask(job, "cancel", lambda: backend.cancel(handle))
    except BackendUnavailable as error:
        attempt_log(job, f"not cancelled yet: {error}")
    else:
        submission_cancel_sent(job, submission)


def _told(job: Job, backend: Backend, submission: Submission, report: Report) -> None:
    match report.status:
        case RemoteStatus.COMPLETED:
            submission_fetch(job, submission, report)
            parse(job, submission)
        case RemoteStatus.FAILED | RemoteStatus.CANCELLED:
            submission_end(job, submission, report)
        case RemoteStatus.WAITING | RemoteStatus.RUNNING:
            submission_wait(job, submission, report)


def parse(job: Job, submission: Submission) -> None:
    """FETCHED: numbers, if the bytes hold what was asked for.

    They are read in the sandbox: whoever wrote them must not be able to end a worker.
    """
    if job.crash_count >= MAX_CRASHES:
        reason = f"Reading the result failed {job.crash_count} times in a row."
        submission_unread(job, submission, reason=f"{reason} It is kept.")
        return
    with tracing.span("sandbox", backend=job.source_revision.backend, reads="vendor-result"):
        outcome = _read(job, submission)
    match outcome:
        case Finished(result=result):
            _take(job, submission, result)
        case Malformed(message=message, detail=detail):
            log.warning("job %s: malformed result: %s", job.pk, detail)
            _refuse(job, submission, message)
        case Crashed(reason=limit, message=message) if limit in HOPELESS:
            submission_unread(job, submission, reason=f"To read the result: {message} It is kept.")
        case Crashed(message=message, detail=detail):
            log.warning("job %s: %s %s", job.pk, message, detail)
            attempt_log(job, f"the result was not read: {message}")
            crashes = job.crash_count + 1
            wait_s = retry_wait_s(job.pk, job.crash_count)
            rest(job, wait_s=wait_s, code="crashed", reason=message, crashes=crashes)
        case Rejected(message=message) | Unavailable(message=message):
            rest(job, wait_s=settings.JOB_BLOCKED_S, code="no_backend", reason=message)
        case Cancelled():
            raise LeaseLost(f"job {job.pk} at fence {job.fence}, while its result was read")


def _read(job: Job, submission: Submission) -> Outcome:
    if submission.raw is None:
        raise ValueError("FETCHED without bytes")
    part, options = asked_of(job, submission)
    return shared().run(
        ParseRequest(
            backend=job.source_revision.backend,
            experiment=part,
            options=options,
            payload=artifact_read(submission.raw),
            target=registry.target(job.source_revision.backend),
        ),
        limits=READING,
        on_tick=lambda: renew(job, lease_s=settings.JOB_LEASE_S, heed_cancel=False),
    )


def _take(job: Job, submission: Submission, result: Result) -> None:
    """Finite numbers are the business of `Result`; their shape and shots are ours."""
    part, options = asked_of(job, submission)
    if result.values.shape != part.shape:
        _refuse(job, submission, f"{result.values.shape} values for {part.shape}")
        return
    if result.options.shots != options.shots:
        _refuse(job, submission, f"{result.options.shots} shots instead of {options.shots}")
        return
    said = replace(result.provenance, remote_id=submission.remote_id or "")
    submission_finish(job, submission, replace(result, provenance=said))
    twin_dispatch.hint(job.project_id)


def _refuse(job: Job, submission: Submission, said: str) -> None:
    reason = f"{submission.vendor}'s result cannot be read: {said[:500]}"
    submission_malformed(job, submission, code="malformed", reason=reason)
