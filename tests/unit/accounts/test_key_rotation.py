"""Keys change while everything runs: old and new work meanwhile, then the old one is put away."""

from __future__ import annotations

import base64
import secrets
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from qtwin.accounts.models import Credential, Team, User
from qtwin.accounts.services import credential_open, credential_revoke, credential_store, rotation
from qtwin.accounts.services.credential import CredentialLocked
from qtwin.accounts.services.sealing import secret_rewrap
from qtwin.config.environment import Environment
from qtwin.projects.models import Project


def new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def stored(team: Team, secret: str) -> Credential:
    return credential_store(team=team, vendor="ibm", label="k", secret=secret, by=None)


def opened(*rows: Credential) -> list[str]:
    return [credential_open(credential=Credential.objects.get(pk=row.pk)) for row in rows]


def rewrap(**options: int) -> str:
    printed = StringIO()
    call_command("rewrap_keys", stdout=printed, **options)
    return printed.getvalue()


def test_old_and_new_secrets_open_at_every_step_of_a_rotation(team: Team, settings: Any) -> None:
    old, new = settings.CREDENTIAL_KEYS[0], new_key()
    rows = [stored(team, f"secret-{n}") for n in range(5)]
    settings.CREDENTIAL_KEYS = [old, new]  # each process learns the new key first
    rows.append(stored(team, "secret-5"))
    settings.CREDENTIAL_KEYS = [new, old]
    rows.append(stored(team, "secret-6"))
    expected = [f"secret-{n}" for n in range(7)]
    assert opened(*rows) == expected
    before = dict(Credential.objects.values_list("pk", "ciphertext"))
    assert rewrap(batch=2).startswith("6 wrapped anew under ")
    assert opened(*rows) == expected
    assert dict(Credential.objects.values_list("pk", "ciphertext")) == before
    settings.CREDENTIAL_KEYS = [new]
    assert opened(*rows) == expected
    assert rewrap().startswith("0 wrapped anew")
    settings.CREDENTIAL_KEYS = [old]
    with pytest.raises(CredentialLocked):
        opened(rows[0])


def test_what_cannot_be_opened_is_left_and_told(team: Team, user: User, settings: Any) -> None:
    lost, revoked, old = stored(team, "lost"), stored(team, "gone"), settings.CREDENTIAL_KEYS[0]
    credential_revoke(credential=revoked, by=user)
    settings.CREDENTIAL_KEYS = [new_key()]
    with pytest.raises(CommandError, match="1 could not be opened: keep the old keys"):
        rewrap()
    settings.CREDENTIAL_KEYS = [old]
    assert opened(lost) == ["lost"]


def test_a_row_that_somebody_revokes_meanwhile_stays_revoked(
    team: Team, user: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = stored(team, "secret")
    settings.CREDENTIAL_KEYS = [new_key(), *settings.CREDENTIAL_KEYS]

    def slow(seen: Credential) -> None:
        credential_revoke(credential=row, by=user)
        secret_rewrap(seen)

    monkeypatch.setattr(rotation, "secret_rewrap", slow)
    assert rewrap().startswith("0 wrapped anew")
    assert bytes(Credential.objects.get(pk=row.pk).wrapped_key) == b""


def test_a_session_outlives_a_change_of_djangos_key(user: User, settings: Any) -> None:
    browser = Client()
    browser.force_login(user)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new_key(), [old]
    assert browser.get("/projects").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert browser.get("/projects").status_code == 200  # it was signed anew when it was used
    stale = Client()
    stale.force_login(user)
    settings.SECRET_KEY = new_key()
    assert stale.get("/projects").status_code == 302


def test_a_request_is_recognised_after_a_change_of_djangos_key(
    api: APIClient, project: Project, settings: Any
) -> None:
    def post(name: str) -> int:
        body = {"name": name, "role": "reference", "backend": "pyscf", "method": "fci"}
        place, key = f"/api/v1/projects/{project.pk}/sources", {"Idempotency-Key": "k"}
        answer: Any = api.post(place, body, format="json", headers=key)
        return int(answer.status_code)

    assert post("mine") == 201
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new_key(), [settings.SECRET_KEY]
    assert (post("mine"), post("another")) == (200, 409)


def test_several_files_may_be_named(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("new", "old")]
    for file in files:
        file.write_text(f"{file.name}\n")
    environment = Environment({"QTWIN_CREDENTIAL_KEY_FILE": ":".join(map(str, files))})
    assert environment.secrets("CREDENTIAL_KEY") == ["new", "old"]
    environment.check()
    files[1].write_text("\n")
    environment.secrets("CREDENTIAL_KEY")
    with pytest.raises(Exception, match=f"an empty file: {files[1]}"):
        environment.check()
