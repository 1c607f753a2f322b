"""One question to a vendor, under the lease of its job."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.conf import settings

from backends.errors import BackendError, OutcomeUnknown
from qtwin import tracing
from qtwin.jobs.models import Job
from qtwin.jobs.services import LeaseLost, renew
from qtwin.metrics.work import VENDOR_CALL_SECONDS
from workers.heartbeat import heartbeat

T = TypeVar("T")
log = logging.getLogger(__name__)


def ask(job: Job, what: str, call: Callable[[], T]) -> T:
    """Call a vendor while the lease is kept alive.

    Args:
        what: Word for the call, such as ``submit``.

    Raises:
        LeaseLost: If it was lost before the call; nothing was sent then.
        BackendError: As the adapter says; what it did not translate is `OutcomeUnknown`.
    """
    lease_s = settings.JOB_LEASE_S

    def keep() -> bool:
        return renew(job, lease_s=lease_s, heed_cancel=False)

    if not keep():
        raise LeaseLost(f"job {job.pk} at fence {job.fence}, before the vendor was asked")
    with heartbeat(keep, every_s=lease_s / 4), _timed(job, what):
        try:
            return call()
        except (BackendError, NotImplementedError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # panics of Rust SDKs are no Exception
            log.warning("job %s: untranslated %r", job.pk, error)
            kind = type(error).__name__
            raise OutcomeUnknown(f"The vendor's client failed with {kind}.") from error


@contextmanager
def _timed(job: Job, what: str) -> Iterator[None]:
    backend, began, outcome = job.source_revision.backend, time.monotonic(), "answered"
    try:
        with tracing.span("vendor.call", kind="client", backend=backend, call=what):
            yield
    except BaseException as error:
        outcome = type(error).__name__
        raise
    finally:
        seconds = time.monotonic() - began
        VENDOR_CALL_SECONDS.observe(seconds, backend=backend, call=what, outcome=outcome)
