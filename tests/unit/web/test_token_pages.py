"""A person's tokens in the browser: made after a fresh confirmation, shown once, revoked."""

from __future__ import annotations

import pytest
from django.test import Client

from qtwin.accounts.confirmation import confirm
from qtwin.accounts.models import ApiToken, User
from qtwin.accounts.services import token_user
from qtwin.projects.models import Budget, Project
from qtwin.projects.services import token_issue

PLACE = "/account/tokens"
FORM = {"name": "laptop", "scopes": ["read", "submit"], "days": "30"}


@pytest.fixture
def sure(signed_in: Client) -> Client:
    """Of whom it was asked of late whether it is still they."""
    session = signed_in.session
    confirm(session)
    session.save()
    return signed_in


def text_of(answer: bytes) -> str:
    found = answer.decode().partition('id="token-text" tabindex="0">')[2]
    return found.partition("<")[0]


def test_a_token_is_shown_once_and_revoked(sure: Client, user: User) -> None:
    made = sure.post(f"{PLACE}/new", FORM)
    text = text_of(made.content)
    token = token_user(text)
    assert token is not None
    assert (token.user, token.scopes, token.agent) == (user, ["read", "submit"], False)
    page = sure.get(PLACE).content.decode()
    assert text.partition(".")[2] not in page
    assert "laptop" in page
    sure.post(f"{PLACE}/{token.pk}:revoke")
    assert token_user(text) is None


def test_a_token_is_made_only_after_a_fresh_confirmation(
    signed_in: Client, project: Project
) -> None:
    answer = signed_in.post(f"{PLACE}/new", FORM)
    assert (answer.status_code, "/account/confirm" in answer.headers["Location"]) == (302, True)
    assert not ApiToken.objects.exists()


def test_an_agents_token_has_its_projects_and_its_budget(sure: Client, project: Project) -> None:
    agent = {**FORM, "scopes": ["read", "spend"], "agent": "on", "projects": [str(project.pk)]}
    refused = sure.post(f"{PLACE}/new", agent)
    assert (refused.status_code, b"budget: needed" in refused.content) == (400, True)
    assert text_of(sure.post(f"{PLACE}/new", {**agent, "budget": "1.5"}).content)
    token = ApiToken.objects.get()
    assert (token.agent, token.bound, Budget.objects.get().limit) == (True, True, 1_500_000)
    page = sure.get(PLACE).content.decode()
    assert "1.50 USD left of 1.50 USD" in page
    assert project.name in page
    assert sure.post(f"{PLACE}/{token.pk}:budget", {"budget": "9"}).status_code == 302
    assert Budget.objects.get().limit == 9_000_000
    assert sure.post(f"{PLACE}/{token.pk}:budget", {"budget": "much"}).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"scopes": []},
        {"scopes": ["fly"]},
        {"days": "9999"},
        {"budget": "NaN"},
        {"budget": "-1"},
        {"agent": "on", "scopes": ["admin"]},
    ],
)
def test_a_wrong_form_makes_nothing(sure: Client, wrong: dict[str, object]) -> None:
    assert sure.post(f"{PLACE}/new", {**FORM, **wrong}).status_code == 400
    assert not ApiToken.objects.exists()


def test_others_tokens_and_projects_are_out_of_reach(
    sure: Client, stranger: User, project: Project
) -> None:
    theirs, _ = token_issue(user=stranger, name="t", scopes=["read"], budget=1)
    for verb in ("revoke", "budget"):
        assert sure.post(f"{PLACE}/{theirs.pk}:{verb}", {"budget": "9"}).status_code == 404
    other = Client()
    other.force_login(stranger)
    session = other.session
    confirm(session)
    session.save()
    assert str(project.pk) not in other.get(f"{PLACE}/new").content.decode()
    other.post(f"{PLACE}/new", {**FORM, "projects": [str(project.pk)]})
    made = ApiToken.objects.get(name="laptop")
    assert (made.bound, made.projects.count()) == (True, 0)
