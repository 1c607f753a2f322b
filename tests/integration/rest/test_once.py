"""Idempotency keys of whatever makes one thing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from rest_framework.test import APIClient

from infra.dev.options import ROOT
from qtwin.accounts.models import ApiToken, Scope, User
from qtwin.projects.models import Project
from qtwin.rest.models import Posted

SOURCE = {"name": "mine", "role": "reference", "backend": "pyscf", "method": "fci"}
KEY = {"Idempotency-Key": "k-1"}
MAKES = ("}/jobs", "}:retry", "}:replay", "}/campaigns", ":import", ":run-recommendation")
"""Ends of addresses where a POST makes what is answered with 202."""


@pytest.fixture
def place(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/sources"


def test_the_same_post_again_makes_nothing_and_is_answered_alike(
    api: APIClient, place: str, project: Project
) -> None:
    before = project.sources.count()
    first, again = (api.post(place, SOURCE, format="json", headers=KEY) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again["Idempotency-Replayed"] == "true"
    assert first.json() == again.json()
    assert project.sources.count() == before + 1


def test_the_same_key_with_another_body_is_a_conflict(api: APIClient, place: str) -> None:
    api.post(place, SOURCE, format="json", headers=KEY)
    other = api.post(place, {**SOURCE, "name": "b"}, format="json", headers=KEY)
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (409, "Idempotency-Key")


def test_what_was_refused_may_be_sent_again(api: APIClient, place: str) -> None:
    wrong = {**SOURCE, "method": "magic"}
    assert api.post(place, wrong, format="json", headers=KEY).status_code == 400
    assert Posted.objects.count() == 0
    assert api.post(place, SOURCE, format="json", headers=KEY).status_code == 201


def test_a_key_is_of_one_token_and_one_address(
    api: APIClient, place: str, user: User, client_of: Callable[..., APIClient]
) -> None:
    api.post(place, SOURCE, format="json", headers=KEY)
    other = client_of(user).post(place, SOURCE, format="json", headers=KEY)
    assert other.status_code == 409  # the name is taken: it is no replay
    assert other.json()["errors"][0]["pointer"] == "/name"


def test_what_is_shown_once_is_not_kept_to_be_shown_again(
    user: User, client_of: Callable[..., APIClient]
) -> None:
    admin, body = client_of(user, Scope.ADMIN), {"name": "t", "scopes": ["read"]}
    first, again = (
        admin.post("/api/v1/me/tokens", body, format="json", headers=KEY) for _ in range(2)
    )
    text = first.json()["token"]
    assert text
    assert again.json() == {**first.json(), "token": ""}
    assert ApiToken.objects.filter(name="t").count() == 1
    assert text not in json.dumps(list(Posted.objects.values("answer", "body_hmac")))


def test_every_post_that_makes_something_takes_a_key() -> None:
    text = (ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8")
    paths: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)["paths"]
    posts = {path: methods["post"] for path, methods in paths.items() if "post" in methods}
    without = [
        path
        for path, post in posts.items()
        if ("201" in post["responses"] or path.endswith(MAKES))
        and "Idempotency-Key" not in {one["name"] for one in post.get("parameters", [])}
    ]
    assert "/api/v1/projects" in posts
    assert without == []
