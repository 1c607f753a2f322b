"""Tests of credentials: recorded at once, made by a worker, their outcome kept.

The row is the truth, as a job's is: a worker that dies leaves a test that another one makes anew,
which costs nothing.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from backends.errors import BackendUnavailable, CredentialRefused
from qtwin.accounts import dispatch
from qtwin.accounts.models import Credential, CredentialTest, Team, User
from qtwin.accounts.selectors import credentials_in_use
from qtwin.accounts.services.audit import audit_record
from qtwin.accounts.services.credential import CredentialLocked, credential_open
from qtwin.accounts.vendors import vendors

log = logging.getLogger(__name__)
KEPT = 10
"""Tests of a credential that are kept."""
MOST_TRIES = 3
Outcome = CredentialTest.Outcome


class CannotTest(Exception):
    """The credential cannot be tested."""


def credential_test_ask(*, credential: Credential, by: User | None) -> CredentialTest:
    """Have a credential tested; the test that is under way if there is one.

    Raises:
        CannotTest: It was revoked.
    """
    if credential.revoked_at is not None:
        raise CannotTest("the credential was revoked")
    try:
        with transaction.atomic():
            made = CredentialTest.objects.create(credential=credential, asked_by=by)
            audit_record(
                action="credential.test",
                user=by,
                team=credential.team,
                target=f"credential:{credential.pk}",
            )
            transaction.on_commit(partial(dispatch.hint, made.pk))
            return made
    except IntegrityError:
        return CredentialTest.objects.filter(credential=credential).latest("created_at")


def devices_refresh(*, team: Team, by: User) -> None:
    """Ask every vendor anew to which the team has a key."""
    for credential in credentials_in_use(team):
        credential_test_ask(credential=credential, by=by)


def credential_test_claim(test_id: UUID | str, *, lease_s: float) -> CredentialTest | None:
    """Take a due test: one UPDATE. None when it is not to be had."""
    due = CredentialTest.objects.filter(pk=test_id, outcome=Outcome.OPEN, lease_until__lt=Now())
    fence = due.values_list("fence", flat=True).first()
    if fence is None or not due.filter(fence=fence).update(
        fence=F("fence") + 1, lease_until=Now() + timedelta(seconds=lease_s)
    ):
        return None
    held = CredentialTest.objects.filter(pk=test_id, fence=fence + 1)
    return held.select_related("credential__team").first()


def credential_test_renew(test: CredentialTest, *, lease_s: float) -> bool:
    """Keep the lease; False when it was lost."""
    return bool(_held(test).update(lease_until=Now() + timedelta(seconds=lease_s)))


def credential_test_run(test: CredentialTest) -> bool:
    """Ask the vendor for its devices and keep what came of it; False if the lease was lost."""
    outcome, detail, devices = _outcome(test)
    ended = _held(test).update(
        outcome=outcome, detail=detail[:500], devices=devices, finished_at=Now()
    )
    kept = CredentialTest.objects.filter(credential=test.credential_id).order_by("-created_at")
    CredentialTest.objects.filter(pk__in=list(kept.values_list("pk", flat=True)[KEPT:])).delete()
    return bool(ended)


def _outcome(test: CredentialTest) -> tuple[Outcome, str, list[dict[str, Any]]]:
    if test.fence > MOST_TRIES:
        return Outcome.UNAVAILABLE, f"{MOST_TRIES} workers in a row died while they asked", []
    try:
        return Outcome.ACCEPTED, "", _devices(test.credential)
    except (CredentialRefused, CredentialLocked) as error:
        return Outcome.REFUSED, str(error), []
    except BackendUnavailable as error:
        return Outcome.UNAVAILABLE, str(error), []
    except Exception as error:  # its words may hold what the client was given
        log.warning("test %s: the vendor's client failed with %s", test.pk, type(error).__name__)
        return Outcome.UNAVAILABLE, f"the vendor's client failed with {type(error).__name__}", []


def _devices(credential: Credential) -> list[dict[str, Any]]:
    """Of every backend that it opens.

    Raises:
        CredentialRefused: The vendor refuses it, or no backend is of this vendor any more.
        BackendUnavailable: Ask again later.
    """
    backends = vendors().get(credential.vendor, [])
    if not backends:
        raise CredentialRefused(f"no backend is of vendor {credential.vendor!r} any more")
    secret = credential_open(credential=credential)
    seen = []
    for backend in backends:
        backend.authorise(secret)
        seen += [{"backend": backend.name, **one.to_dict()} for one in backend.devices()]
    return seen


def _held(test: CredentialTest) -> Any:
    return CredentialTest.objects.filter(pk=test.pk, fence=test.fence, outcome=Outcome.OPEN)
