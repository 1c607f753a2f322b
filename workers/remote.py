"""One fenced step of one job of a vendor's queue."""

from __future__ import annotations

from django.conf import settings

from backends.base import Backend
from backends.errors import CredentialRefused
from qtwin.jobs.models import Job, State, Submission
from qtwin.jobs.selectors import submission_open
from qtwin.jobs.services import attempt_begin, rest
from qtwin.jobs.services.credential import job_credential
from workers import collect, submit


def advance(job: Job, backend: Backend) -> None:
    """Take the step that the job's state asks for."""
    submission = submission_open(job)
    attempt_begin(job)
    if submission is None or submission.raw is None:  # what is kept needs no vendor
        try:
            authorise(job, backend)
        except CredentialRefused as error:
            code = job.reason_code if job.state == State.HOLD else "blocked_credential"
            rest(job, wait_s=settings.JOB_BLOCKED_S, code=code, reason=str(error))
            return
    _step(job, backend, submission)


def authorise(job: Job, backend: Backend) -> None:
    """Give the backend the team's credential, if it needs one.

    Raises:
        CredentialRefused: The team has none that can be opened.
    """
    queue = backend.capabilities.queue
    if queue is not None and queue.credential:
        backend.authorise(job_credential(job, queue.credential))


def _step(job: Job, backend: Backend, submission: Submission | None) -> None:
    if submission is None:
        submit.begin(job, backend)
        return
    match job.state:
        case State.SUBMITTING:
            submit.resolve(job, backend, submission)
        case State.SUBMITTED:
            collect.poll(job, backend, submission)
        case State.FETCHED:
            collect.parse(job, submission)
        case State.HOLD:
            submit.released(job, backend, submission)
        case _:
            raise ValueError(f"job {job.pk} is {job.state} with an open submission")
