"""Logs are JSON lines, and hold no secrets whatever was logged."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from rest_framework.test import APIClient

from qtwin.accounts.models import Team, User
from qtwin.accounts.services import sign_in_link_create, token_create
from qtwin.logs.line import JsonLine, PlainLine
from qtwin.logs.redaction import GONE, redacted

CANARY = "canary0123456789abcdef"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the handler of an installation writes of everything down to DEBUG."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLine())
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "qtwin", "django.request")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize(
    "text",
    [
        f"asked with qt_0123abcd.{CANARY}",
        f"Authorization: Bearer {CANARY}",
        f"Authorization: basic {CANARY}==",
        f"GET /sign-in/link/{CANARY} 200",
        f"GET /sign-in/password/{CANARY} 200",
        f"GET /invitations/{CANARY} 200",
        f"GET /shared/ql_{CANARY} 302",
        f"the link ql_{CANARY} opens nothing",
        f"Cookie: csrftoken={CANARY}; __Host-sessionid={CANARY}",
        f"redis://user:{CANARY}@broker:6379/0 is away",
        f"whsec_{CANARY}+/=",
        f'{{"secret": "{CANARY}", "n": 1}}',
        f"{{'aws_secret_access_key': '{CANARY}'}}",
        f"password={CANARY}&next=/",
        f'client_secret = "{CANARY}"',
        f"token='{CANARY} with blanks'",
        "AKIAIOSFODNN7CANARY1",
        f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----",
        f"-----BEGIN EC PRIVATE KEY-----\n{CANARY}",
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str) -> None:
    shown = redacted(text)
    assert CANARY not in shown
    assert "CANARY1" not in shown
    assert GONE in shown


@pytest.mark.parametrize(
    "text",
    [
        "job 0197c9a2-0000-7000-8000-000000000000 at fence 3",
        "workers.dispatch.advance: no hint for 0197c9a2: ConnectionError",
        "sweep failed: OperationalError: database is locked",
        "reason_code rejected; 12 tokens of 16 used",
        "https://example.org:8443/hook?x=1",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


def test_a_line_is_one_json_object_with_the_error_and_without_its_secret(
    written: io.StringIO,
) -> None:
    try:
        raise ValueError(f"token={CANARY}\nsecond line")
    except ValueError:
        logging.getLogger("qtwin.x").exception("it failed for %s", f"Bearer {CANARY}")
    (text,) = written.getvalue().splitlines()
    line = json.loads(text)
    assert (line["level"], line["logger"], line["error"]) == ("ERROR", "qtwin.x", "ValueError")
    assert line["message"] == f"it failed for Bearer {GONE}"
    assert "test_logs.py" in line["trace"]
    assert line["time"].endswith("+00:00")
    assert CANARY not in text


def test_the_plain_form_is_without_secrets_too() -> None:
    record = logging.LogRecord("a", logging.INFO, "", 1, f"Bearer {CANARY}", (), None)
    assert CANARY not in PlainLine("%(message)s").format(record)


def test_every_handler_of_an_installation_takes_secrets_out() -> None:
    written: dict[str, Any] = django_settings.LOGGING
    for handler in written["handlers"].values():
        factory = written["formatters"][handler["formatter"]]["()"]
        assert factory in {"qtwin.logs.line.JsonLine", "qtwin.logs.line.PlainLine"}
    assert set(written["loggers"]["uvicorn"]["handlers"]) <= set(written["handlers"])


def test_requests_that_fail_leave_no_token_session_or_password_in_the_log(
    written: io.StringIO, user: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    user.set_password(f"pw-{CANARY}")
    user.save()
    _, token = token_create(user=user, name="t", scopes=["read", "admin"])
    link, browser = sign_in_link_create(user=user), Client(raise_request_exception=False)
    browser.force_login(user)
    session = browser.cookies["sessionid"].value

    def broken(*_: object, **named: object) -> None:
        raise RuntimeError(f"no: {named} token={token} sessionid={session}")

    monkeypatch.setattr("qtwin.accounts.api.credentials.credential_add", broken)
    monkeypatch.setattr("qtwin.web.views.team.show_team", broken)
    api = APIClient(raise_request_exception=False)
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    body = {"vendor": "ibm", "label": "k", "secret": CANARY}
    assert api.post(f"/api/v1/teams/{team.pk}/credentials", body, format="json").status_code == 500
    assert browser.get(f"/teams/{team.pk}").status_code == 500
    guest = Client()
    guest.get(f"/sign-in/link/{link}x")
    guest.get(f"/nowhere/sign-in/link/{link}")
    guest.post("/sign-in", {"email": user.email, "password": f"pw-{CANARY}x"})
    text = written.getvalue()
    assert text.count("RuntimeError") >= 2
    for secret in (CANARY, token.partition(".")[2], session, link):
        assert secret not in text
