"""``make manage ARGS="token_create …"``: whoever runs the server hands out a token."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from qtwin.accounts.models import ApiToken, Scope, User


def made(*words: str) -> str:
    printed = StringIO()
    call_command("token_create", *words, stdout=printed)
    return printed.getvalue().strip()


def test_what_is_printed_is_a_token_that_works(user: User) -> None:
    text = made(user.email)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    assert client.get("/api/v1/me").json()["email"] == user.email
    token = ApiToken.objects.get()
    assert set(token.scopes) == {Scope.READ, Scope.SUBMIT}
    assert token.expires_at is not None


def test_scopes_are_those_that_are_named(user: User) -> None:
    made(user.email, "--scope", "read", "--days", "1")
    assert ApiToken.objects.get().scopes == [Scope.READ]


def test_nobody_gets_no_token(db: None) -> None:
    with pytest.raises(CommandError, match="has no account here"):
        made("nobody@example.org")


@pytest.mark.parametrize("days", ["0", "367"])
def test_a_token_ends_within_a_year(user: User, days: str) -> None:
    with pytest.raises(CommandError, match="allowed: 1 to 366"):
        made(user.email, "--days", days)
