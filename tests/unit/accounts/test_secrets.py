"""Tokens, links and credentials: what is kept is not what is handed out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from qtwin.accounts.models import ApiToken, Credential, SignInLink, Team, User
from qtwin.accounts.services import (
    credential_open,
    credential_store,
    sign_in_link_create,
    sign_in_link_redeem,
    team_create,
    token_create,
    token_revoke,
    token_user,
)
from qtwin.accounts.services.credential import CredentialLocked

CANARY = "canary-0123456789-secret"


def test_a_token_signs_its_user_in_until_it_is_revoked(user: User) -> None:
    token, text = token_create(user=user, name="laptop", scopes=["read"])
    found = token_user(text)
    assert found is not None
    assert found.user == user
    token_revoke(token=token, by=user)
    assert token_user(text) is None


def test_a_token_of_a_wrong_secret_or_past_its_expiry_is_refused(user: User) -> None:
    token, text = token_create(user=user, name="laptop", scopes=["read"])
    assert token_user(text[:-1] + ("a" if text[-1] != "a" else "b")) is None
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert token_user(text) is None


def test_an_unknown_scope_is_named(user: User) -> None:
    with pytest.raises(ValueError, match=r"'fly'; allowed: read, submit, spend, admin"):
        token_create(user=user, name="laptop", scopes=["fly"])


def test_a_sign_in_link_works_once(user: User) -> None:
    token = sign_in_link_create(user=user)
    assert sign_in_link_redeem(token=token) == user
    assert sign_in_link_redeem(token=token) is None


def test_a_sign_in_link_expires(user: User) -> None:
    token = sign_in_link_create(user=user, lifetime=timedelta(seconds=-1))
    assert sign_in_link_redeem(token=token) is None


def test_neither_tokens_nor_links_are_kept_as_text(user: User) -> None:
    _, text = token_create(user=user, name="laptop", scopes=["read"])
    link = sign_in_link_create(user=user)
    kept = str(list(ApiToken.objects.values())) + str(list(SignInLink.objects.values()))
    assert text.split(".")[1] not in kept
    assert link not in kept


def test_a_credential_opens_for_its_team_and_its_row_holds_no_secret(
    user: User, team: Team
) -> None:
    credential = credential_store(team=team, vendor="ibm", label="main", secret=CANARY, by=user)
    row = Credential.objects.get(pk=credential.pk)
    assert credential_open(credential=row) == CANARY
    assert CANARY.encode() not in bytes(row.ciphertext) + bytes(row.wrapped_key)
    assert row.last_four == CANARY[-4:]


def test_a_credential_moved_to_another_team_does_not_open(user: User, team: Team) -> None:
    credential = credential_store(team=team, vendor="ibm", label="main", secret=CANARY, by=user)
    credential.team = team_create(name="other", owner=user)
    with pytest.raises(CredentialLocked):
        credential_open(credential=credential)
