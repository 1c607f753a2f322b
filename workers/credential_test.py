"""One credential, put to its test; then what its devices say of themselves is learned."""

from __future__ import annotations

import logging

from django.conf import settings

from qtwin.accounts.services import (
    credential_test_claim,
    credential_test_renew,
    credential_test_run,
)
from workers.calibration import learn
from workers.heartbeat import heartbeat

log = logging.getLogger(__name__)


def make(test_id: str) -> None:
    """Claim the test, ask the vendor for its devices, and keep the lease meanwhile."""
    lease_s = float(settings.JOB_LEASE_S)
    test = credential_test_claim(test_id, lease_s=lease_s)
    if test is None:
        return
    with heartbeat(lambda: credential_test_renew(test, lease_s=lease_s), every_s=lease_s / 4):
        ended = credential_test_run(test)
    if not ended:
        log.warning("test %s was made by somebody else", test.pk)
        return
    learn(test)
