"""A forgotten password: mailed to who has an account, and no word to others about who has."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from typing import Any
from urllib.parse import unquote

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from qtwin.accounts import totp
from qtwin.accounts.models import AuditEvent, SignInLink, User
from qtwin.accounts.services import (
    account_readdress,
    sign_in_link_create,
    sign_in_link_user,
    totp_enrol,
)
from tests.unit.accounts.clock import code_in
from tests.unit.web.account.conftest import PASSWORD

NEW = "another long password"  # a test's


@pytest.fixture(autouse=True)
def _mails(settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    settings.RUN_LATER = "qtwin.accounts.later.at_once"


def ask(email: str) -> tuple[int, str]:
    answer = Client().post("/sign-in/forgot", {"email": email})
    body = re.sub(r'value="[^"]*"', "", answer.content.decode())
    return answer.status_code, body.replace(email, "")


def mailed() -> str:
    """The path in the newest mail."""
    found = re.search(r"http://testserver(/sign-in/password/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def send(path: str, new: str = NEW, client: Client | None = None) -> int:
    client = client or Client()
    return client.post(path, {"new": new, "again": new}).status_code


def test_a_link_sets_a_password_once_and_ends_all_sessions(person: User) -> None:
    old = Client()
    old.post("/sign-in", {"email": person.email, "password": PASSWORD})
    assert ask("Ada@example.org")[0] == 200
    assert mail.outbox[0].to == [person.email]
    path, client = mailed(), Client()
    assert client.get(path).status_code == client.get(path).status_code == 200
    assert send(path, "short", client) == 400
    assert send(path, NEW, client) == 302
    assert client.get("/account").status_code == 200
    assert old.get("/account").status_code == 302
    assert (send(path), Client().get(path).status_code) == (410, 410)
    person.refresh_from_db()
    assert person.check_password(NEW)
    actions = set(AuditEvent.objects.filter(user=person).values_list("action", flat=True))
    assert {"password.ask", "password.set", "sign_in.mail"} <= actions


def test_the_answer_is_the_same_for_who_has_no_account(person: User) -> None:
    assert ask(person.email) == ask("nobody@example.org")
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert ask(person.email)[0] == 200
    assert len(mail.outbox) == 1


def test_nothing_is_looked_up_before_the_answer(
    person: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[object] = []
    monkeypatch.setattr("qtwin.accounts.later.at_once", left.append)
    ask(person.email)
    assert not SignInLink.objects.exists()
    assert len(left) == 1


def test_few_are_mailed_and_only_the_newest_is_good(person: User) -> None:
    paths = []
    for _ in range(3):
        assert ask(person.email)[0] == 200
        paths.append(mailed())
    assert ask(person.email)[0] == 429
    assert [ask("nobody@example.org")[0] for _ in range(4)] == [200, 200, 200, 429]
    assert len(mail.outbox) == 3
    assert [send(path) for path in paths] == [410, 410, 302]


def test_a_mailed_link_still_asks_for_the_second_step(person: User) -> None:
    secret = totp.new_secret()
    totp_enrol(user=person, secret=secret, code=code_in(secret, -1))
    ask(person.email)
    client = Client()
    answer = client.post(mailed(), {"new": NEW, "again": NEW})
    assert answer.headers["Location"] == "/sign-in/second"
    assert client.get("/account").status_code == 302


def test_links_of_one_purpose_do_not_serve_the_other(person: User) -> None:
    ask(person.email)
    token = mailed().rsplit("/", 1)[1]
    assert Client().post(f"/sign-in/link/{token}").status_code == 410
    assert send(f"/sign-in/password/{sign_in_link_create(user=person)}") == 410
    assert send(mailed()) == 302


def test_a_server_that_refuses_mail_is_no_secret_keeper_either(
    person: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert ask(person.email)[0] == 200
    assert "was not sent" in caplog.text
    assert person.email not in caplog.text


def test_without_mail_the_page_says_who_can_help(person: User, settings: Settings) -> None:
    settings.EMAIL_HOST = ""
    assert "sign_in_link" in ask(person.email)[1]
    assert mail.outbox == []
    out = StringIO()
    call_command("sign_in_link", person.email, stdout=out)
    assert Client().post(out.getvalue().strip()).status_code == 302
    with pytest.raises(CommandError, match="nobody"):
        call_command("sign_in_link", "nobody@example.org")


def test_a_link_mailed_to_an_old_address_opens_nothing_once_there_is_a_new_one(
    person: User,
) -> None:
    purpose = SignInLink.Purpose.PASSWORD
    token = sign_in_link_create(user=person, purpose=purpose)
    account_readdress(user=person, email="new@example.org")
    assert sign_in_link_user(token=token, purpose=purpose) is None


def test_a_new_address_is_taken_once_its_mail_was_answered(
    person: User, stranger: User, browser: Callable[[], Client]
) -> None:
    client = browser()
    answers = [
        client.post("/account/email", {"email": email}).content.decode().replace(email, "")
        for email in (stranger.email, "new@example.org")
    ]
    hidden = r'name="csrfmiddlewaretoken" value="[^"]*"'
    assert re.sub(hidden, "", answers[0]) == re.sub(hidden, "", answers[1])
    assert [letter.to for letter in mail.outbox] == [["new@example.org"]]
    place = re.search(r"http://testserver(\S+token=(\S+))", str(mail.outbox[0].body))
    assert place is not None
    assert client.get(place[1]).status_code == 200
    token = {"token": unquote(place[2])}
    other = Client()
    other.force_login(stranger)
    assert other.post("/account/email:confirm", token).status_code == 410
    person.refresh_from_db()
    assert person.email == "ada@example.org"
    assert client.post("/account/email:confirm", token).status_code == 302
    person.refresh_from_db()
    assert person.email == "new@example.org"
    assert client.post("/account/email:confirm", token).status_code == 410


def test_people_hear_of_what_changes_who_gets_in(
    person: User, browser: Callable[[], Client], django_capture_on_commit_callbacks: Any
) -> None:
    client = browser()
    secret = totp.new_secret()
    totp_enrol(user=person, secret=secret, code=code_in(secret, -1))
    body = {"current": PASSWORD, "new": NEW, "again": NEW}
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/password", body)
        client.post("/account/app:remove")
        account_readdress(user=person, email="new@example.org")
    told = [(letter.to, str(letter.body).splitlines()[2]) for letter in mail.outbox]
    old = ["ada@example.org"]
    assert told == [
        (old, "Your password was changed."),
        (old, "The authenticator app was removed from your account."),
        (old, "Your e-mail address is new@example.org now."),
    ]


def test_an_address_stays_where_nobody_can_verify_one_that_signs_in(
    person: User, browser: Callable[[], Client], settings: Settings
) -> None:
    settings.EMAIL_HOST, settings.OIDC_MATCH_EMAIL = "", True
    client = browser()
    assert client.post("/account/email", {"email": "new@example.org"}).status_code == 403
    person.refresh_from_db()
    assert person.email == "ada@example.org"


def test_who_runs_the_server_gives_another_address(person: User, stranger: User) -> None:
    out = StringIO()
    call_command("account_readdress", person.email, "New@example.org", stdout=out)
    assert out.getvalue() == "Ada is new@example.org now\n"
    for new, why in ((stranger.email, "another account"), ("none", "not an e-mail address")):
        with pytest.raises(CommandError, match=why):
            call_command("account_readdress", "new@example.org", new)
    with pytest.raises(CommandError, match="nobody"):
        call_command("account_readdress", "ada@example.org", "x@example.org")
