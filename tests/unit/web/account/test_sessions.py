"""Sessions: whose they are, what a dump of them is worth, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone

from qtwin.accounts.models import AuditEvent, BrowserSession, User
from tests.unit.web.account.conftest import AGENT, PASSWORD

COOKIE = settings.SESSION_COOKIE_NAME
Browser = Callable[[], Client]


def test_a_session_is_listed_with_its_browser(browser: Browser, person: User) -> None:
    client = browser()
    row = BrowserSession.objects.get(user=person)
    assert (row.agent, row.address, row.how) == (AGENT, "127.0.0.1", "password")
    body = client.get("/account").content.decode()
    assert "Firefox on Linux" in body
    assert "This browser" in body
    assert AuditEvent.objects.filter(action="sign_in.password", user=person).count() == 1


def test_the_table_holds_no_cookie(browser: Browser) -> None:
    key = browser().cookies[COOKIE].value
    assert key not in str(list(BrowserSession.objects.values()))
    stolen = Client()
    stolen.cookies[COOKIE] = BrowserSession.objects.get().session_key
    assert stolen.get("/account").status_code == 302


def test_signing_in_changes_the_key_that_was_there(person: User) -> None:
    client = Client()
    client.cookies[COOKIE] = "planted0planted0planted0planted0"
    client.post("/sign-in", {"email": person.email, "password": PASSWORD})
    key = client.cookies[COOKIE].value
    assert key != "planted0planted0planted0planted0"
    assert client.cookies[COOKIE]["httponly"]
    assert client.cookies[COOKIE]["samesite"] == "Lax"


def test_another_browser_is_signed_out_from_here(browser: Browser, person: User) -> None:
    here, there = browser(), browser()
    row = BrowserSession.objects.order_by("created_at").last()
    assert row is not None
    assert here.post(f"/account/sessions/{row.id}:end").status_code == 302
    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200
    assert here.post(f"/account/sessions/{row.id}:end").status_code == 404
    others = [browser(), browser()]
    here.post("/account/sessions:end-others")
    assert [one.get("/account").status_code for one in others] == [302, 302]
    assert here.get("/account").status_code == 200
    assert AuditEvent.objects.filter(action="session.end_others", user=person).count() == 1


def test_nobody_ends_a_session_of_another(browser: Browser, stranger: User) -> None:
    client = browser()
    row = BrowserSession.objects.get()
    eve = Client()
    eve.force_login(stranger)
    assert eve.post(f"/account/sessions/{row.id}:end").status_code == 404
    assert client.get("/account").status_code == 200


def test_when_a_browser_was_seen_is_noted_now_and_then(browser: Browser) -> None:
    client = browser()
    seen = BrowserSession.objects.get().last_seen_at
    client.get("/account")
    assert BrowserSession.objects.get().last_seen_at == seen
    BrowserSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=1))
    client.get("/account")
    assert BrowserSession.objects.get().last_seen_at > seen


def test_sessions_that_ran_out_are_cleared_away(browser: Browser) -> None:
    client = browser()
    BrowserSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/account").status_code == 302
    browser()
    assert BrowserSession.objects.count() == 1


def test_signing_out_forgets_the_session(browser: Browser) -> None:
    client = browser()
    client.post("/sign-out")
    assert not BrowserSession.objects.exists()
