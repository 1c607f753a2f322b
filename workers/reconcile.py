"""One look at the bill of a run that was settled before its vendor's last word."""

from __future__ import annotations

import logging

from django.conf import settings

from backends import registry
from backends.base import Handle
from backends.errors import BackendError, OutcomeUnknown, UnknownBackend
from backends.remote import Charge
from qtwin.jobs.models import Submission
from qtwin.jobs.services import bill_claim, bill_record, bill_unanswered
from qtwin.metrics.work import REPAIRS
from workers.remote import authorise

log = logging.getLogger(__name__)


def reconcile(submission_id: str) -> None:
    """Ask the vendor once, and correct what was spent if it charges something else now."""
    submission = bill_claim(submission_id, wait_s=_patience_s(submission_id))
    if submission is None:
        return
    try:
        charged = _ask(submission)
    except BackendError as error:
        bill_unanswered(submission, reason=str(error))
        return
    for correction in bill_record(submission, charged=charged):
        change = correction.unit, correction.before, correction.after
        REPAIRS.count(kind="bill")
        log.warning("the bill of %s in %s changed from %d to %d", submission.token, *change)


def _patience_s(submission_id: str) -> float:
    """Longer than its vendor's client waits for an answer."""
    names = Submission.objects.filter(pk=submission_id).values_list(
        "job__source_revision__backend", flat=True
    )
    try:
        queue = registry.get(names.get()).capabilities.queue
    except (UnknownBackend, Submission.DoesNotExist):
        queue = None
    return float(settings.JOB_LEASE_S) + (0.0 if queue is None else queue.request_timeout_s)


def _ask(submission: Submission) -> Charge:
    """What the vendor charges by now.

    Raises:
        BackendError: It cannot be asked; what the adapter did not translate is `OutcomeUnknown`.
    """
    backend = registry.get(submission.job.source_revision.backend)
    authorise(submission.job, backend)
    handle = Handle(backend=backend.name, remote_id=submission.remote_id or "")
    try:
        return backend.charged(handle)
    except (BackendError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # panics of Rust SDKs are no Exception
        kind = type(error).__name__
        raise OutcomeUnknown(f"The vendor's client failed with {kind}.") from error
