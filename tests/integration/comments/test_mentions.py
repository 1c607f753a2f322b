"""People who are named: their inbox, the mail, and how much of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from rest_framework.test import APIClient

from qtwin.accounts.models import Membership, Scope, User
from qtwin.comments.models import Mention
from qtwin.comments.services.tell import MOST_TO_ONE
from qtwin.projects.models import ProjectMember
from tests.integration.comments.conftest import Say


@pytest.fixture
def mails(settings: Any) -> None:
    settings.EMAIL_HOST = "smtp.example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.RUN_LATER = "qtwin.accounts.later.at_once"


def inbox(client: APIClient, **query: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get("/api/v1/me/mentions", query).json()["results"]
    return rows


def test_who_is_named_finds_it_unread_and_marks_it(
    say: Say, bo: User, user: User, client_of: Callable[..., APIClient]
) -> None:
    own = client_of(bo, *Scope)
    first = say("look, @Bo Operator and @nobody")
    assert [one["name"] for one in first["mentions"]] == ["Bo Operator"]
    assert first["unknown"] == ["nobody"]
    say("and @bo@example.org again")
    assert [one["read"] for one in inbox(own)] == [False, False]
    newest = inbox(own)[0]["id"]
    read = own.post("/api/v1/me/mentions:read", {"ids": [newest]}, format="json")
    assert read.json() == {"read": 1}
    assert [one["comment"] for one in inbox(own, read="false")] == [first["id"]]
    assert inbox(client_of(user, *Scope)) == []


def test_only_people_of_the_project_are_named_and_a_guest_names_whom_they_see(
    say: Say, bo: User, guest: User, stranger: User
) -> None:
    assert say("@Eve @eve@example.org")["mentions"] == []
    assert [one["name"] for one in say("@Gil Guest")["mentions"]] == ["Gil Guest"]
    assert say("@Bo Operator", by=guest)["unknown"] == ["Bo"]


def test_an_edit_tells_who_is_named_only_now(
    say: Say, bo: User, guest: User, api: APIClient
) -> None:
    made = say("@Bo Operator")
    place = f"/api/v1/comments/{made['id']}"
    Mention.objects.update(read_at="2026-01-01T00:00:00Z")
    api.patch(place, {"text": "@Bo Operator, @Gil Guest"}, format="json")
    named = [(one.user.name, one.read_at is None) for one in Mention.objects.order_by("pk")]
    assert named == [("Bo Operator", False), ("Gil Guest", True)]
    api.patch(place, {"text": "nobody"}, format="json")
    assert not Mention.objects.exists()


def test_who_may_no_longer_see_the_project_finds_nothing(
    say: Say, bo: User, guest: User, client_of: Callable[..., APIClient], client: Client
) -> None:
    say("@Bo Operator @Gil Guest")
    Membership.objects.filter(user=bo).delete()
    ProjectMember.objects.filter(user=guest).delete()
    for person in (bo, guest):
        assert inbox(client_of(person, *Scope)) == []
        client.force_login(person)
        page = client.get("/inbox").content.decode()
        assert "Nobody has mentioned you" in page
        assert 'aria-label="Inbox"' in page


@pytest.mark.usefixtures("mails")
def test_a_mail_says_who_and_where_and_nothing_of_the_text(
    *,
    say: Say,
    bo: User,
    api: APIClient,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = say("the secret @Bo Operator")
    (sent,) = mail.outbox
    assert sent.to == [bo.email]
    assert sent.subject == "Ada mentioned you in H2"
    assert f"http://testserver/comments/{made['id']}" in sent.body
    assert "secret" not in sent.body
    with django_capture_on_commit_callbacks(execute=True):
        api.patch(f"/api/v1/comments/{made['id']}", {"text": "@Bo Operator!"}, format="json")
    assert len(mail.outbox) == 1  # nobody is told twice of one comment


@pytest.mark.usefixtures("mails")
def test_nobody_gets_more_mail_than_they_want(
    *,
    say: Say,
    bo: User,
    guest: User,
    client_of: Callable[..., APIClient],
    django_capture_on_commit_callbacks: Any,
) -> None:
    body = {"mention_mail": False}
    answer = client_of(guest, *Scope).patch("/api/v1/me", body, format="json")
    assert answer.json()["mention_mail"] is False
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(MOST_TO_ONE + 2):
            say("@Bo Operator @Gil Guest @Ada")
    assert [one.to for one in mail.outbox] == [[bo.email]] * MOST_TO_ONE
    assert Mention.objects.filter(user=bo, read_at=None).count() == MOST_TO_ONE + 2
