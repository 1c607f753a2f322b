"""Vendors on this machine, for credentials to open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from qtwin.accounts.models import Credential, Team
from qtwin.accounts.services import credential_add
from tests.unit.accounts.clock import Clock
from tests.vendors.braket import BraketVendor
from tests.vendors.braket.keys import SECRET


@pytest.fixture
def braket(monkeypatch: pytest.MonkeyPatch) -> Iterator[BraketVendor]:
    with BraketVendor() as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def credential(team: Team) -> Credential:
    return credential_add(team=team, vendor="braket", label="lab", secret=SECRET, by=None)


@pytest.fixture
def fast(settings: Settings) -> None:
    """Hashes that are quick to make, where a test makes many."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes are asked for at one moment."""
    monkeypatch.setattr("qtwin.accounts.services.totp.time", Clock)
