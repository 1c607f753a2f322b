"""A person with a password, and the browsers that they use."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from qtwin.accounts.models import User
from tests.unit.accounts.clock import Clock

PASSWORD = "a long enough password"  # a test's
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _fast(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def browser(person: User) -> Callable[[], Client]:
    """Signs in with the password, in a browser of its own."""

    def make() -> Client:
        client = Client(headers={"user-agent": AGENT})
        answer = client.post("/sign-in", {"email": person.email, "password": PASSWORD})
        assert answer.status_code == 302, answer.content
        return client

    return make


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes are asked for at one moment."""
    monkeypatch.setattr("qtwin.accounts.services.totp.time", Clock)
