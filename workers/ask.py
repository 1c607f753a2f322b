"""One question to a vendor, under the lease of its job."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings

from backends.errors import BackendError, OutcomeUnknown
from qtwin.jobs.models import Job
from qtwin.jobs.services import LeaseLost, renew
from workers.heartbeat import heartbeat

T = TypeVar("T")
log = logging.getLogger(__name__)


def ask(job: Job, call: Callable[[], T]) -> T:
    """Call a vendor while the lease is kept alive.

    Raises:
        LeaseLost: If it was lost before the call; nothing was sent then.
        BackendError: As the adapter says; what it did not translate is `OutcomeUnknown`.
    """
    lease_s = settings.JOB_LEASE_S

    def keep() -> bool:
        return renew(job, lease_s=lease_s, heed_cancel=False)

    if not keep():
        raise LeaseLost(f"job {job.pk} at fence {job.fence}, before the vendor was asked")
    with heartbeat(keep, every_s=lease_s / 4):
        try:
            return call()
        except (BackendError, NotImplementedError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # panics of Rust SDKs are no Exception
            log.warning("job %s: untranslated %r", job.pk, error)
            kind = type(error).__name__
            raise OutcomeUnknown(f"The vendor's client failed with {kind}.") from error
