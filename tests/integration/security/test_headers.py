"""Every page, whoever asks and whatever comes of it, has the headers that browsers act on."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from qtwin.accounts.models import User
from qtwin.accounts.services import sign_in_link_create
from qtwin.config import settings as source
from tests.integration.access.routes import patterns
from tests.integration.access.scene import Scene

PICTURES = "/twin.svg"
"""For pages of others to show: tests of their own say which headers these have."""
PAGES = [
    one for one in patterns() if not one.startswith(("api/", "^")) and not one.endswith(PICTURES)
]
WANTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def complaints(answer: Any) -> list[str]:
    wrong = [name for name, value in WANTED.items() if answer.headers.get(name) != value]
    policy = answer.headers.get("Content-Security-Policy", "")
    if "default-src 'self'" not in policy or "unsafe" in policy or "*" in policy:
        wrong.append(f"policy {policy!r}")
    for directive in ("object-src 'none'", "frame-ancestors 'none'", "base-uri 'self'"):
        if directive not in policy:
            wrong.append(directive)
    body = b"" if answer.streaming else answer.content
    if re.search(
        rb"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son\w+=\"|<style|javascript:", body
    ):
        wrong.append("code in the page")
    return wrong


@pytest.mark.parametrize("signed_in", [True, False])
def test_every_page_has_them(scene: Scene, signed_in: bool) -> None:
    client, ids = (
        Client(raise_request_exception=False),
        {**scene.ids, "token": "x" * 43, "vendor": "braket", "provider": "x"},
    )
    if signed_in:
        client.force_login(next(iter(scene.members.values())))
    wrong, shown = [], 0
    for pattern in [*PAGES, "nothing", "api/v1/nothing", "api/v1/docs"]:
        address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda name: ids.get(name[1], "x"), pattern)
        if address.startswith("/events"):
            continue  # a stream: its view is one of the others' kind
        for method in ("get", "post"):
            if address == "/sign-out" and method == "post":
                continue
            answer = getattr(client, method)(address)
            shown += answer.status_code == 200
            wrong += [f"{method} {pattern}: {one}" for one in complaints(answer)]
    assert wrong == []
    assert shown >= (12 if signed_in else 3)


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(user: User) -> None:
    link = sign_in_link_create(user=user)
    session = Client().post(f"/sign-in/link/{link}").cookies["sessionid"]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")


def test_over_https_cookies_are_secure_and_browsers_stay_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QTWIN_HTTPS", "1")
    found = runpy.run_path(str(Path(str(source.__file__))))
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"):
        assert found[name] is True, name
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True


def test_a_form_without_its_token_changes_nothing(scene: Scene) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(next(iter(scene.members.values())))
    answers = {
        pattern: client.post(scene.address(pattern)).status_code
        for pattern in PAGES
        if "<uuid" in pattern and not set(re.findall(r":(\w+)>", pattern)) - set(scene.ids)
    }
    assert len(answers) > 10
    assert set(answers.values()) <= {403, 405}
