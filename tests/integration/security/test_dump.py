"""Whoever gets a dump of the database can sign in with nothing of it, and reads no secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from qtwin.accounts.models import ApiToken, Role, Team, User
from qtwin.accounts.services import (
    credential_store,
    invitation_create,
    sign_in_link_create,
    token_create,
)
from qtwin.webhooks.services import webhook_create

PASSWORD = "canary password of Ada 7261"
VENDOR = "canary-vendor-secret-0123456789"


def cells() -> Iterator[bytes]:
    """Every value of every row of every table, as it lies in the database."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield from (_bytes(value) for value in row if value is not None)


def _bytes(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return str(value).encode()


@pytest.fixture
def secrets(team: Team, user: User) -> dict[str, str]:
    """One of every kind, as they were handed out; each of them works."""
    user.set_password(PASSWORD)
    user.save()
    browser = Client()
    browser.force_login(user)
    _, token = token_create(user=user, name="t", scopes=["read"])
    _, webhook = webhook_create(
        team=team, url="https://example.org/", events=["job.failed"], by=user
    )
    credential_store(team=team, vendor="ibm", label="k", secret=VENDOR, by=user)
    _, invitation = invitation_create(team=team, email="n@example.org", role=Role.VIEWER, by=user)
    made = {
        "password": PASSWORD,
        "session": browser.cookies["sessionid"].value,
        "token": token.partition(".")[2],
        "webhook": webhook.removeprefix("whsec_"),
        "vendor": VENDOR,
        "link": sign_in_link_create(user=user),
        "invitation": getattr(invitation, "token", invitation) or "",
    }
    return {kind: str(text) for kind, text in made.items()}


def test_a_dump_holds_no_secret(secrets: dict[str, str]) -> None:
    dump = b"\n".join(cells())
    assert b"Ada" in dump
    for kind, text in secrets.items():
        assert len(text) > 15, kind
        assert text.encode() not in dump, kind


def test_nothing_in_a_dump_opens_a_door(secrets: dict[str, str], user: User) -> None:
    assert opened("session", secrets["session"])
    assert opened("bearer", f"{ApiToken.objects.get().prefix}.{secrets['token']}")
    keys = set()
    for cell in cells():
        keys |= {found.decode() for found in re.findall(rb"[\w.+/=$-]{20,100}", cell)}
    prefix = ApiToken.objects.get().prefix
    doors = [
        f"{door} {key}"
        for key in keys
        for door, said in (
            *(("session", key), ("bearer", key), ("bearer", f"{prefix}.{key}"), ("link", key)),
        )
        if opened(door, said)
    ]
    assert len(keys) > 20
    assert doors == []


def opened(door: str, key: str) -> bool:
    """Whether it signs somebody in."""
    if door == "bearer":
        api = APIClient()
        api.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
        return bool(api.get("/api/v1/me").status_code == 200)
    browser = Client()
    if door == "session":
        browser.cookies["sessionid"] = key
    else:
        browser.post(f"/sign-in/link/{quote(key, safe='')}")
    return bool(browser.get("/projects").status_code == 200)


def test_passwords_are_hashed_with_argon2id(secrets: dict[str, str], user: User) -> None:
    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id$")


def test_every_table_with_a_sealed_secret_keeps_it_sealed() -> None:
    """Columns that are called like secrets hold digests or envelopes."""
    suspicious = re.compile(r"secret|password|token$|private|_key$")
    known = {
        "password",  # argon2
        "wrapped_key",  # sealed under the platform's key
        "session_key",  # SHA-256 of the cookie
    }
    found = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("qtwin.")
        for field in model._meta.concrete_fields
        if suspicious.search(field.name) and field.name not in known and not field.is_relation
    }
    assert found == {
        "Posted.token",  # the id of a token
        "Submission.token",  # the name of a submission, told to the vendor
    }
