"""Tests of credentials: recorded at once, made by a worker, and kept."""

from __future__ import annotations

import logging

import pytest
from django.db import IntegrityError

from qtwin.accounts.models import AuditEvent, Credential, CredentialTest, Team, User
from qtwin.accounts.selectors import credential_tests_due, devices_of
from qtwin.accounts.services import (
    credential_revoke,
    credential_store,
    credential_test_ask,
    credential_test_claim,
    credential_test_run,
)
from qtwin.accounts.services.credential_test import KEPT, MOST_TRIES, CannotTest
from tests.vendors.braket import BraketVendor
from tests.vendors.braket.keys import CANARY, KEY
from workers.credential_test import make

LONG_AGO = "1970-01-01T00:00:00Z"


def made(credential: Credential, *, by: User | None = None) -> CredentialTest:
    test = credential_test_ask(credential=credential, by=by)
    assert credential_tests_due(10) == [test.pk]
    make(str(test.pk))
    assert credential_tests_due(10) == []
    test.refresh_from_db()
    return test


def test_an_accepted_key_shows_devices_of_all_backends_that_it_opens(
    braket: BraketVendor, credential: Credential, team: Team, user: User
) -> None:
    test = made(credential, by=user)
    assert (test.outcome, test.detail) == ("accepted", "")
    assert test.finished_at is not None
    names = {(row["backend"], row["name"]) for row in test.devices}
    assert {("braket", "iqm/Garnet"), ("aquila", "quera/Aquila")} <= names
    assert braket.books.posts == []
    (seen,) = devices_of(team)
    assert (seen.vendor, seen.as_of, seen.devices) == ("braket", test.finished_at, test.devices)
    credential.refresh_from_db()
    assert credential.last_used_at is not None
    trail = AuditEvent.objects.get(action="credential.test")
    assert (trail.user, trail.team, trail.target) == (user, team, f"credential:{credential.pk}")


def test_a_refused_key_says_so_and_old_devices_stay(
    braket: BraketVendor, credential: Credential, team: Team, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    good = made(credential)
    braket.keys = {}
    test = made(credential)
    assert test.outcome == "refused"
    assert "403" in test.detail
    assert CANARY not in test.detail + caplog.text
    (seen,) = devices_of(team)
    assert (seen.test, seen.as_of, bool(seen.devices)) == (test, good.finished_at, True)


def test_a_vendor_that_is_away_refuses_nothing(
    braket: BraketVendor, credential: Credential
) -> None:
    braket.stop()
    assert made(credential).outcome == "unavailable"


def test_what_a_client_says_in_its_failure_is_not_kept(
    credential: Credential, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"bad keys {CANARY}")

    monkeypatch.setattr("boto3.Session", broken)
    test = made(credential)
    assert (test.outcome, test.detail) == (
        *("unavailable", "the vendor's client failed with RuntimeError"),
    )
    assert CANARY not in caplog.text


def test_one_test_is_under_way_at_a_time(credential: Credential) -> None:
    first = credential_test_ask(credential=credential, by=None)
    assert credential_test_ask(credential=credential, by=None) == first
    with pytest.raises(IntegrityError):
        CredentialTest.objects.create(credential=credential)


def test_only_who_holds_the_lease_writes(braket: BraketVendor, credential: Credential) -> None:
    test = credential_test_ask(credential=credential, by=None)
    slow = credential_test_claim(test.pk, lease_s=60)
    assert slow is not None
    assert credential_test_claim(test.pk, lease_s=60) is None
    CredentialTest.objects.update(lease_until=LONG_AGO)
    assert credential_test_claim(test.pk, lease_s=60) is not None
    assert not credential_test_run(slow)
    test.refresh_from_db()
    assert test.outcome == "open"


def test_what_kills_its_workers_ends(credential: Credential) -> None:
    test = credential_test_ask(credential=credential, by=None)
    for _ in range(MOST_TRIES):
        assert credential_test_claim(test.pk, lease_s=60) is not None
        CredentialTest.objects.update(lease_until=LONG_AGO)
    make(str(test.pk))
    test.refresh_from_db()
    assert (test.outcome, test.detail) == (
        "unavailable",
        "3 workers in a row died while they asked",
    )


def test_few_tests_are_kept(braket: BraketVendor, credential: Credential) -> None:
    braket.keys = {}
    newest = [made(credential).pk for _ in range(KEPT + 2)][2:]
    assert (
        list(CredentialTest.objects.order_by("created_at").values_list("pk", flat=True)) == newest
    )


def test_a_revoked_key_is_forgotten_and_not_tested(
    credential: Credential, team: Team, user: User
) -> None:
    waiting = credential_test_ask(credential=credential, by=user)
    credential_revoke(credential=credential, by=user)
    credential_revoke(credential=credential, by=user)
    credential.refresh_from_db()
    assert bytes(credential.ciphertext) + bytes(credential.wrapped_key) == b""
    assert AuditEvent.objects.filter(action="credential.revoke", user=user, team=team).count() == 1
    make(str(waiting.pk))
    waiting.refresh_from_db()
    assert (waiting.outcome, waiting.detail) == ("refused", "the credential was revoked")
    with pytest.raises(CannotTest, match="revoked"):
        credential_test_ask(credential=credential, by=user)
    assert devices_of(team) == []


def test_a_key_of_a_vendor_that_is_gone_is_refused(team: Team) -> None:
    old = credential_store(team=team, vendor="gone", label="k", secret=CANARY, by=None)
    assert made(old).detail == "no backend is of vendor 'gone' any more"


def test_neither_the_rows_nor_the_trail_hold_the_secret(
    braket: BraketVendor, credential: Credential, user: User
) -> None:
    made(credential, by=user)
    rows = (Credential.objects, CredentialTest.objects, AuditEvent.objects)
    assert CANARY not in str([list(model.values()) for model in rows])
    assert credential.last_four == KEY[-4:]
