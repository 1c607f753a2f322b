"""The account's page: name, address, password, and the question whether it is still you."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from qtwin.accounts import confirmation
from qtwin.accounts.models import AuditEvent, User
from qtwin.accounts.services import sign_in_link_create
from tests.unit.web.account.conftest import PASSWORD

Browser = Callable[[], Client]
NEW = "another long password"  # a test's


def forget_confirmation(client: Client) -> None:
    """As if ten minutes had gone by."""
    session = client.session
    session[confirmation.WHEN] = int(time.time()) - confirmation.LASTS_S
    session.save()


def set_password(client: Client, **more: str) -> Any:
    return client.post("/account/password", {"new": NEW, "again": NEW, **more})


def test_a_name_is_changed_and_put_on_the_trail(browser: Browser, person: User) -> None:
    client = browser()
    answer = client.post("/account/name", {"name": " Ada Lovelace "}, follow=True)
    assert "Your name was changed." in answer.content.decode()
    person.refresh_from_db()
    assert person.name == "Ada Lovelace"
    for wrong in ("", "x" * 121, "a\x00b"):
        assert client.post("/account/name", {"name": wrong}).status_code == 400
    assert AuditEvent.objects.filter(action="account.rename", user=person).count() == 1


def test_a_password_needs_the_current_one_and_ends_other_sessions(
    browser: Browser, person: User
) -> None:
    here, there = browser(), browser()
    assert "not this" in set_password(here, current="wrong").content.decode()
    assert set_password(here).status_code == 400
    assert there.get("/account").status_code == 200
    assert set_password(here, current=PASSWORD).status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert AuditEvent.objects.filter(action="password.set", user=person).count() == 1


@pytest.mark.parametrize("new", ["short", "password1234", "another long password"])
def test_a_weak_password_or_one_typed_wrong_is_refused(
    browser: Browser, person: User, new: str
) -> None:
    body = {"current": PASSWORD, "new": new, "again": new if len(new) < 20 else new + "x"}
    assert browser().post("/account/password", body).status_code == 400
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_who_came_by_a_link_sets_a_password_without_the_old_one(person: User) -> None:
    client = Client()
    client.post(f"/sign-in/link/{sign_in_link_create(user=person)}")
    assert "Current password" not in client.get("/account/password").content.decode()
    forget_confirmation(client)
    assert "Current password" in client.get("/account/password").content.decode()
    assert set_password(client).status_code == 400
    client.post("/sign-out")
    client.post(f"/sign-in/link/{sign_in_link_create(user=person)}")
    unused = sign_in_link_create(user=person)
    assert set_password(client).status_code == 302
    assert Client().post(f"/sign-in/link/{unused}").status_code == 410


def test_what_is_grave_asks_for_the_password_again(browser: Browser, person: User) -> None:
    client = browser()
    assert client.get("/account/email").status_code == 200
    forget_confirmation(client)
    answer = client.post("/account/email", {"email": "new@example.org"})
    assert answer.headers["Location"] == "/account/confirm?next=%2Faccount"
    place = client.get("/account/email").headers["Location"]
    assert client.post(place, {"password": "wrong"}).status_code == 400
    assert client.get("/account/email").status_code == 302
    answer = client.post("/account/confirm", {"password": PASSWORD, "next": "/account/email"})
    assert answer.headers["Location"] == "/account/email"
    client.post("/account/email", {"email": "New@example.org"})
    person.refresh_from_db()
    assert person.email == "new@example.org"


def test_the_question_can_not_be_guessed_at_length(browser: Browser) -> None:
    client = browser()
    codes = [client.post("/account/confirm", {"password": "wrong"}).status_code for _ in range(11)]
    assert codes == [400] * 10 + [429]


def test_an_address_of_another_account_is_refused(
    browser: Browser, person: User, stranger: User
) -> None:
    client = browser()
    for wrong in (stranger.email.upper(), "no address"):
        answer = client.post("/account/email", {"email": wrong})
        assert answer.status_code == 400
    person.refresh_from_db()
    assert person.email == "ada@example.org"
