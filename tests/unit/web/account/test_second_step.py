"""A second step: turned on with recovery codes, asked at sign-in, turned off only by its person."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from django.test import Client

from qtwin.accounts import totp
from qtwin.accounts.models import AuditEvent, GuessCount, RecoveryCode, Totp, User
from qtwin.accounts.services import sign_in_link_create, totp_enrol
from tests.unit.accounts.clock import code_in
from tests.unit.web.account.conftest import PASSWORD
from tests.unit.web.account.test_account import forget_confirmation

Browser = Callable[[], Client]


def offered(client: Client) -> tuple[str, str]:
    """The secret that the page shows, and what its form sends back."""
    body = client.get("/account/app").content.decode()
    assert "data:image/svg+xml;base64," in body
    shown = re.search(r'id="key">([^<]*)<.*name="signed" value="([^"]*)"', body, re.DOTALL)
    assert shown is not None
    return shown[1].replace(" ", ""), shown[2]


@pytest.fixture
def secret(person: User) -> str:
    """Of an app that the person has set up a while ago."""
    secret = totp.new_secret()
    totp_enrol(user=person, secret=secret, code=code_in(secret, -1))
    return secret


def first_step(person: User, target: str = "/jobs") -> Client:
    client = Client()
    body = {"email": person.email, "password": PASSWORD, "next": target}
    answer = client.post("/sign-in", body)
    assert answer.headers["Location"] == "/sign-in/second"
    return client


def test_an_app_is_set_up_and_recovery_codes_are_shown_once(browser: Browser, person: User) -> None:
    client = browser()
    secret, signed = offered(client)
    wrong = client.post("/account/app", {"signed": signed, "code": code_in(secret, 9)})
    assert (wrong.status_code, Totp.objects.count()) == (400, 0)
    assert secret in wrong.content.decode().replace(" ", "")
    page = client.post("/account/app", {"signed": signed, "code": code_in(secret)})
    codes = re.findall(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){3}", page.content.decode())
    assert len(codes) == RecoveryCode.objects.filter(user=person).count() == 10
    assert codes[0] not in client.get("/account").content.decode()
    trail = set(AuditEvent.objects.filter(user=person).values_list("action", flat=True))
    assert {"totp.enrol", "recovery_codes.renew"} <= trail


def test_nobody_enrols_a_secret_that_was_shown_to_another(browser: Browser, stranger: User) -> None:
    eve = Client()
    eve.force_login(stranger)
    session = eve.session
    session["confirmed_at"] = int(time.time())
    session.save()
    secret, signed = offered(eve)
    answer = browser().post("/account/app", {"signed": signed, "code": code_in(secret)})
    assert answer.status_code == 400
    assert not Totp.objects.exists()


def test_the_first_step_changes_the_key_that_was_there(person: User, secret: str) -> None:
    client = Client()
    client.get("/sign-in/passkey")
    key = client.cookies["sessionid"].value
    client.post("/sign-in", {"email": person.email, "password": PASSWORD})
    assert client.cookies["sessionid"].value != key
    assert "passkey" not in client.session


def test_the_password_alone_lets_nobody_in(person: User, secret: str) -> None:
    client = first_step(person)
    assert client.get("/account").status_code == 302
    assert client.get("/api/v1/me").status_code == 401
    assert client.post("/sign-in/second", {"code": code_in(secret, 9)}).status_code == 400
    assert client.get("/account").status_code == 302
    key = client.cookies["sessionid"].value
    answer = client.post("/sign-in/second", {"code": code_in(secret)})
    assert answer.headers["Location"] == "/jobs"
    assert client.get("/account").status_code == 200
    assert client.cookies["sessionid"].value != key
    actions = list(AuditEvent.objects.filter(user=person).values_list("action", flat=True))
    assert actions.count("second_step.refuse") == actions.count("sign_in.password") == 1


def test_the_first_proof_is_worth_ten_minutes_and_nothing_after_a_new_password(
    person: User, secret: str
) -> None:
    late, stale = first_step(person), first_step(person)
    session = late.session
    session["pending"] = {**session["pending"], "until": time.time() - 1}
    session.save()
    person.set_password("another long password")
    person.save()
    for client in (late, stale, Client()):
        answer = client.post("/sign-in/second", {"code": code_in(secret)})
        assert answer.headers["Location"] == "/sign-in"
        assert client.get("/account").status_code == 302


def test_guesses_of_a_code_are_few_in_any_browser(person: User, secret: str) -> None:
    codes = []
    for _ in range(6):
        client = first_step(person)
        codes.append(client.post("/sign-in/second", {"code": "000000"}).status_code)
    assert codes == [400] * 5 + [429]
    assert client.post("/sign-in/second", {"code": code_in(secret)}).status_code == 429


def test_an_operators_link_needs_no_second_step(person: User, secret: str) -> None:
    client = Client()
    client.post(f"/sign-in/link/{sign_in_link_create(user=person)}")
    assert client.get("/account").status_code == 200


def test_turning_it_off_asks_whether_it_is_still_you(person: User, secret: str) -> None:
    client = first_step(person)
    client.post("/sign-in/second", {"code": code_in(secret)})
    client.post("/account/recovery-codes:renew")
    forget_confirmation(client)
    assert "/account/confirm" in client.post("/account/app:remove").headers["Location"]
    assert Totp.objects.exists()
    GuessCount.objects.all().delete()
    assert client.post("/account/confirm", {"code": code_in(secret, -1)}).status_code == 400
    assert client.post("/account/confirm", {"code": code_in(secret, 1)}).status_code == 302
    assert client.post("/account/app:remove").headers["Location"] == "/account?done=app-removed"
    assert not Totp.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert AuditEvent.objects.filter(action="totp.remove", user=person).count() == 1
