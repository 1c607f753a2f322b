"""Passkeys: made, used to sign in and to confirm, and believed only where everything fits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from qtwin.accounts.models import AuditEvent, Passkey, RecoveryCode, User
from tests.unit.web.account.authenticator import Authenticator
from tests.unit.web.account.conftest import PASSWORD
from tests.unit.web.account.test_account import forget_confirmation

Browser = Callable[[], Client]
NEW, IN, CONFIRM = "/account/passkeys/new", "/sign-in/passkey", "/account/confirm/passkey"


def options(client: Client, address: str) -> dict[str, Any]:
    body = client.get(address).content.decode()
    found = re.search(r'<script id="passkey-options" type="application/json">(.*?)</script>', body)
    assert found is not None
    read: dict[str, Any] = json.loads(found[1])
    return read


def add(client: Client, device: Authenticator, name: str = "laptop") -> Any:
    answer = device.create(options(client, NEW))
    return client.post(NEW, {"answer": answer, "name": name})


def sign_in(device: Authenticator, client: Client | None = None) -> Any:
    client = client or Client()
    return client.post(IN, {"answer": device.use(options(client, IN)), "next": "/jobs"})


@pytest.fixture
def device(browser: Browser) -> Authenticator:
    device = Authenticator()
    assert "Recovery codes" in add(browser(), device).content.decode()
    return device


def test_a_passkey_signs_in_alone(person: User, device: Authenticator) -> None:
    client = Client()
    assert sign_in(device, client).headers["Location"] == "/jobs"
    assert "laptop" in client.get("/account").content.decode()
    row = Passkey.objects.get(user=person)
    assert row.sign_count == device.uses
    assert row.last_used_at is not None
    assert RecoveryCode.objects.filter(user=person).count() == 10
    trail = set(AuditEvent.objects.filter(user=person).values_list("action", flat=True))
    assert {"passkey.add", "sign_in.passkey"} <= trail


def test_a_password_alone_lets_nobody_in_beside_a_passkey(
    person: User, device: Authenticator
) -> None:
    client = Client()
    body = {"email": person.email, "password": PASSWORD, "next": "/campaigns"}
    assert client.post("/sign-in", body).headers["Location"] == "/sign-in/second"
    assert "Use a passkey instead" in client.get("/sign-in/second").content.decode()
    assert client.get("/account").status_code == 302
    assert sign_in(device, client).status_code == 302
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example.org"},
        {"host": "evil.example.org"},
        {"verified": False},
    ],
)
def test_what_does_not_fit_is_not_believed(
    browser: Browser, device: Authenticator, wrong: dict[str, Any]
) -> None:
    for name, value in wrong.items():
        setattr(device, name, value)
    assert sign_in(device).status_code == 400
    fresh = Authenticator(**wrong)
    client = browser_confirmed(device, browser)
    assert add(client, fresh).status_code == 400
    assert Passkey.objects.count() == 1


def browser_confirmed(device: Authenticator, browser: Browser) -> Client:
    """A browser that is signed in, whatever became of the device."""
    good = Authenticator(id=device.id, key=device.key, uses=device.uses + 5)
    client = Client()
    assert sign_in(good, client).status_code == 302
    return client


def test_an_answer_fits_one_challenge_of_one_browser(device: Authenticator) -> None:
    client, other = Client(), Client()
    answer = device.use(options(client, IN))
    options(other, IN)
    assert other.post(IN, {"answer": answer}).status_code == 400
    assert client.post(IN, {"answer": answer}).status_code == 302
    client.post("/sign-out")
    assert client.post(IN, {"answer": answer}).status_code == 400
    assert sign_in(Authenticator()).status_code == 400
    forged = Authenticator(id=device.id, uses=9)
    assert sign_in(forged).status_code == 400


@pytest.mark.parametrize("answer", ["", "{", "[]", '{"rawId": 3}', "[" * 5000, '{"rawId": "AA"}'])
def test_nonsense_is_refused(device: Authenticator, answer: str) -> None:
    client = Client()
    options(client, IN)
    assert client.post(IN, {"answer": answer}).status_code == 400


def test_a_damaged_answer_is_refused(device: Authenticator) -> None:
    client = Client()
    whole = json.loads(device.use(options(client, IN)))
    for part in whole["response"]:
        for damaged in ("", "AAAA", 3, None):
            options(client, IN)
            response = {**whole["response"], part: damaged}
            answer = json.dumps({**whole, "response": response})
            assert client.post(IN, {"answer": answer}).status_code == 400, (part, damaged)


def test_a_copy_is_noticed_by_its_count(person: User, device: Authenticator) -> None:
    copy = Authenticator(id=device.id, key=device.key, uses=device.uses)
    assert sign_in(device).status_code == 302
    refused = sign_in(copy)
    assert refused.status_code == 400
    assert "copied" in refused.content.decode()
    assert AuditEvent.objects.filter(action="passkey.copied", user=person).count() == 1


def test_one_that_does_not_count_signs_in_again_and_again(browser: Browser) -> None:
    device = Authenticator(counts=False)
    add(browser(), device)
    assert [sign_in(device).status_code for _ in range(2)] == [302, 302]


def test_a_passkey_confirms_and_is_removed_only_by_who_confirmed(
    person: User, device: Authenticator, stranger: User
) -> None:
    client, eve = Client(), Client()
    sign_in(device, client)
    row = Passkey.objects.get()
    forget_confirmation(client)
    assert (
        "/account/confirm" in client.post(f"/account/passkeys/{row.pk}:remove").headers["Location"]
    )
    assert "Confirm by a passkey" in client.get("/account/confirm").content.decode()
    assert client.post(CONFIRM, {"answer": "{}"}).status_code == 400
    answer = device.use(options(client, CONFIRM))
    assert client.post(CONFIRM, {"answer": answer, "next": "/account"}).status_code == 302
    eve.force_login(stranger)
    assert eve.get(CONFIRM).status_code == 302
    assert eve.post(f"/account/passkeys/{row.pk}:remove").status_code == 404
    assert Passkey.objects.exists()
    client.post(f"/account/passkeys/{row.pk}:remove")
    assert not Passkey.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert sign_in(device).status_code == 400


def test_somebody_elses_passkey_confirms_nothing(
    device: Authenticator, browser: Browser, stranger: User
) -> None:
    Passkey.objects.update(user=stranger)
    client = browser()
    add(client, Authenticator())
    forget_confirmation(client)
    answer = device.use(options(client, CONFIRM))
    assert client.post(CONFIRM, {"answer": answer}).status_code == 400


def test_an_address_of_digits_is_told_that_it_has_none(db: None) -> None:
    for host in ("127.0.0.1:8000", "[::1]:8000", "[::1]"):
        body = Client(headers={"host": host}).get(IN).content.decode()
        assert "localhost" in body
        assert "passkey-options" not in body
