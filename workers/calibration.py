"""What devices say of their errors now is learned after a vendor has told its devices."""

from __future__ import annotations

import logging
from uuid import UUID

from django.conf import settings

from backends import registry
from backends.errors import BackendError
from qtwin.accounts.models import Credential, CredentialTest
from qtwin.accounts.services import credential_open, credential_test_ask
from qtwin.accounts.services.credential import CredentialLocked
from qtwin.campaigns.selectors import credentials_watched
from qtwin.jobs.calibrations import calibrations_unknown
from qtwin.jobs.services import calibration_learn

log = logging.getLogger(__name__)
MOST = 50
"""Devices that are asked after one test, a request each."""


def learn(test: CredentialTest) -> int:
    """Ask for the calibrations that the team has not seen yet, which costs nothing.

    What is not told now is asked for after the next test.

    Returns:
        How many are new.
    """
    test.refresh_from_db(fields=["outcome", "devices"])
    if test.outcome != CredentialTest.Outcome.ACCEPTED:
        return 0
    wanted = calibrations_unknown(test.credential.team, test.devices)[:MOST]
    try:
        secret = credential_open(credential=test.credential) if wanted else ""
    except CredentialLocked:
        return 0
    return sum(_learned(test, *device, secret=secret) for device in wanted)


def watch(credential_id: str) -> None:
    """Ask for a test of a credential, if a schedule waits for calibrations that it could tell."""
    watched = credentials_watched(MOST, every_s=settings.CALIBRATION_WATCH_S)
    if UUID(credential_id) in watched:
        credential = Credential.objects.select_related("team").get(pk=credential_id)
        credential_test_ask(credential=credential, by=None)


def _learned(test: CredentialTest, backend_name: str, device: str, *, secret: str) -> bool:
    backend = registry.get(backend_name)
    backend.authorise(secret)
    try:
        found = backend.calibration(device)
    except BackendError as error:
        log.info("calibration of %s: %s", device, type(error).__name__)
        return False
    except Exception as error:  # its words may hold what the client was given
        log.warning("calibration of %s: the client failed: %s", device, type(error).__name__)
        return False
    if found is None:
        return False
    calibration_learn(team=test.credential.team, backend=backend_name, snapshot=found)
    return True
