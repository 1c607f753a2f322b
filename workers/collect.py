"""Steps of a job that a vendor has: ask how it stands, keep its bytes, turn them into numbers."""

from __future__ import annotations

import logging
from dataclasses import replace

from django.conf import settings

from backends.base import Backend, Handle
from backends.errors import BackendError, BackendUnavailable, CredentialRefused, UnknownStatus
from backends.remote import RemoteStatus, Report
from backends.schema import Result
from qtwin.jobs.models import Job, Submission
from qtwin.jobs.services import (
    attempt_log,
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
from workers.submit import asked_of

log = logging.getLogger(__name__)


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
    return ask(job, lambda: backend.fetch(handle))


def _cancel(job: Job, backend: Backend, submission: Submission, handle: Handle) -> None:
    """A vendor that takes no cancellation now is asked again at the next step."""
    try:
        ask(job, lambda: backend.cancel(handle))
    except BackendUnavailable as error:
        attempt_log(job, f"not cancelled yet: {error}")
    else:
        submission_cancel_sent(job, submission)


def _told(job: Job, backend: Backend, submission: Submission, report: Report) -> None:
    match report.status:
        case RemoteStatus.COMPLETED:
            submission_fetch(job, submission, report)
            parse(job, backend, submission)
        case RemoteStatus.FAILED | RemoteStatus.CANCELLED:
            submission_end(job, submission, report)
        case RemoteStatus.WAITING | RemoteStatus.RUNNING:
            submission_wait(job, submission, report)


def parse(job: Job, backend: Backend, submission: Submission) -> None:
    """FETCHED: numbers, if the bytes hold what was asked for."""
    if job.crash_count >= MAX_CRASHES:
        reason = f"Its worker died {job.crash_count} times in a row while it read the result."
        submission_unread(job, submission, reason=f"{reason} It is kept.")
        return
    if submission.raw is None:
        raise ValueError("FETCHED without bytes")
    payload = artifact_read(submission.raw)
    try:
        result = _parsed(job, backend, submission, payload)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # panics of Rust SDKs are no Exception
        log.warning("job %s: malformed result: %r", job.pk, error)
        said = str(error) if isinstance(error, ValueError) else type(error).__name__
        reason = f"{submission.vendor}'s result cannot be read: {said[:500]}"
        submission_malformed(job, submission, code="malformed", reason=reason)
        return
    submission_finish(job, submission, result)
    twin_dispatch.hint(job.project_id)


def _parsed(job: Job, backend: Backend, submission: Submission, payload: bytes) -> Result:
    """Finite numbers are the business of `Result`.

    Raises:
        ValueError: The shape or the shots are not those that were asked for.
    """
    part, options = asked_of(job, submission)
    result = backend.parse(payload, part, options)
    if result.values.shape != part.shape:
        raise ValueError(f"{result.values.shape} values for {part.shape}")
    if result.options.shots != options.shots:
        raise ValueError(f"{result.options.shots} shots instead of {options.shots}")
    said = replace(result.provenance, remote_id=submission.remote_id or "")
    return replace(result, provenance=said)
