"""Webhooks over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import AuditEvent, Scope, Team, User
from qtwin.webhooks.models import Delivery, Webhook
from qtwin.webhooks.services.webhook import MOST

BODY = {"url": "https://example.org/hook", "events": ["job.failed", "budget.low"]}


@pytest.fixture
def admin(user: User, client_of: Callable[..., APIClient]) -> APIClient:
    return client_of(user, Scope.ADMIN)


@pytest.fixture
def place(team: Team) -> str:
    return f"/api/v1/teams/{team.pk}/webhooks"


@pytest.fixture
def made(admin: APIClient, place: str) -> dict[str, Any]:
    answer = admin.post(place, BODY, format="json")
    assert answer.status_code == 201, answer.content
    document: dict[str, Any] = answer.json()
    return document


def test_the_secret_is_shown_once_and_kept_sealed(
    admin: APIClient, place: str, made: dict[str, Any]
) -> None:
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert len(secret) == 50
    assert admin.get(place).json()["results"] == [made]
    assert admin.get(f"{place}/{made['id']}").json() == made
    kept = str(list(Webhook.objects.values())) + str(list(AuditEvent.objects.values()))
    assert secret not in kept
    assert secret.removeprefix("whsec_") not in kept


@pytest.mark.parametrize(
    ("change", "pointer", "word"),
    [
        ({"url": "http://example.org"}, "/url", "allowed: https://host/path"),
        ({"url": "https://127.0.0.1/"}, "/url", "allowed: a host of the public internet"),
        ({"url": "https://example.org:22/"}, "/url", "allowed: 443, 8443"),
        ({"events": ["job.exploded"]}, "/events/0", "job.exploded"),
        ({"events": ["webhook.test"]}, "/events/0", "webhook.test"),
        ({"events": []}, "/events", ""),
        ({"secret": "mine"}, "/secret", "unknown field"),
    ],
)
def test_what_is_wrong_is_named(
    admin: APIClient, place: str, change: dict[str, Any], pointer: str, word: str
) -> None:
    answer = admin.post(place, BODY | change, format="json")
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert word in error["detail"]
    assert Webhook.objects.count() == 0


def test_it_is_changed_switched_off_and_on_and_removed(
    admin: APIClient, place: str, made: dict[str, Any], user: User
) -> None:
    one = f"{place}/{made['id']}"
    moved = admin.patch(one, {"url": "https://example.org:8443/x"}, format="json").json()
    assert (moved["url"], moved["events"]) == ("https://example.org:8443/x", made["events"])
    assert admin.patch(one, {"url": "https://10.0.0.1/"}, format="json").status_code == 400
    off = admin.patch(one, {"on": False}, format="json").json()
    assert (off["on"], off["note"]) == (False, "switched off by hand")
    assert admin.post(f"{one}:test").status_code == 409
    assert admin.patch(one, {"on": True}, format="json").json()["note"] == ""
    assert admin.delete(one).status_code == 204
    assert admin.get(one).status_code == 404
    actions = set(AuditEvent.objects.filter(user=user).values_list("action", flat=True))
    assert {"webhook.create", "webhook.change", "webhook.delete"} <= actions


def test_a_change_of_what_somebody_else_changed_is_refused(
    admin: APIClient, place: str, made: dict[str, Any]
) -> None:
    one = f"{place}/{made['id']}"
    tag = admin.get(one)["ETag"]
    body = {"events": ["job.held"]}
    assert admin.patch(one, body, format="json", headers={"If-Match": tag}).status_code == 200
    assert admin.patch(one, body, format="json", headers={"If-Match": tag}).status_code == 412


def test_a_test_is_listed_and_may_be_sent_again(
    admin: APIClient, place: str, made: dict[str, Any]
) -> None:
    one = f"{place}/{made['id']}"
    asked = admin.post(f"{one}:test")
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    (row,) = admin.get(f"{one}/deliveries").json()["results"]
    assert (row["kind"], row["attempts"], row["status"]) == ("webhook.test", 0, None)
    Delivery.objects.update(state="delivered", attempts=1, status=200)
    again = admin.post(f"{one}/deliveries/{row['id']}:redeliver")
    assert (again.status_code, again.json()["state"], again.json()["attempts"]) == (
        *(202, "waiting", 0),
    )


def test_a_team_has_so_many_and_no_more(
    admin: APIClient, place: str, team: Team, made: dict[str, Any]
) -> None:
    for _ in range(MOST - 1):
        assert admin.post(place, BODY, format="json").status_code == 201
    answer = admin.post(place, BODY, format="json")
    assert answer.status_code == 409
    assert f"allowed: at most {MOST}" in answer.json()["detail"]


def test_a_lesser_token_does_not_even_look(
    api: APIClient, place: str, made: dict[str, Any], viewer: User, client_of: Any
) -> None:
    assert api.get(place).status_code == 403
    assert api.get(f"{place}/{made['id']}/deliveries").status_code == 403
    assert client_of(viewer, Scope.ADMIN).get(place).status_code == 404
