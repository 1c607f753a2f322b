"""Every route and method, by whoever might ask: no row without a rule, and no surprise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from qtwin.accounts.models import Role, Scope, User
from tests.integration.access.routes import Route, routes
from tests.integration.access.rules import ROLES, Rule, rules
from tests.integration.access.scene import FIXED, Scene

API = "api/v1/"
ASKS = ("/estimate", ":predict", ":samples", ":derivatives", ":functionals", ":plan")
"""Ends of routes that a POST asks something, and changes nothing."""
NAMED = "/team"
"""The field of a body that names a team, which is refused as any wrong value is."""


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    assert {str(route) for route in routes(API)} == set(rules())


@pytest.mark.parametrize("role", list(Role))
def test_a_member_may_do_what_the_role_allows_and_nothing_else(
    scene: Scene, client_of: Callable[..., APIClient], role: Role
) -> None:
    client = client_of(scene.members[role], *Scope)

    def allowed(rule: Rule) -> bool:
        return rule not in ROLES or role in ROLES[rule]

    assert surprises(scene, client, allowed) == ""


def test_an_owner_of_another_team_reaches_nothing(
    scene: Scene, client_of: Callable[..., APIClient], stranger: User
) -> None:
    client = client_of(stranger, *Scope)
    assert surprises(scene, client, lambda rule: rule not in ROLES) == ""


def test_a_list_shows_nothing_of_another_team(
    scene: Scene, client_of: Callable[..., APIClient], stranger: User
) -> None:
    client = client_of(stranger, *Scope)
    told = set(scene.ids.values()) - set(FIXED.values())
    for route in routes(API):
        if rules()[str(route)] is Rule.SIGNED_IN and route.method == "get":
            text = client.get(scene.address(route.pattern)).content.decode()
            assert not [one for one in told if one in text], route


def test_who_is_not_signed_in_is_asked_to(scene: Scene) -> None:
    found = surprises(scene, APIClient(), lambda rule: rule is Rule.ANYONE, refused={401})
    assert found == ""


def test_a_token_that_may_only_read_asks_and_changes_nothing(
    scene: Scene, client_of: Callable[..., APIClient], user: User
) -> None:
    client, wrong = client_of(user, Scope.READ), []
    for route in routes(API):
        asks = route.method == "get" or route.pattern.endswith(ASKS)
        credentials = route.pattern.endswith("credentials")
        answer = _asked(client, scene, route)
        if (answer.status_code == 403) is asks and not credentials:
            wrong.append(f"{route}: {answer.status_code}")
    assert wrong == []


def test_nothing_of_another_team_is_made(
    scene: Scene, client_of: Callable[..., APIClient], stranger: User
) -> None:
    body = {"name": "mine", "system": {}, "team": str(scene.team.pk)}
    answer = client_of(stranger, *Scope).post("/api/v1/projects", body, format="json")
    assert answer.status_code == 400
    assert scene.team.projects.count() == 1


def surprises(
    scene: Scene,
    client: APIClient,
    allowed: Callable[[Rule], bool],
    refused: frozenset[int] | set[int] = frozenset({403, 404}),
) -> str:
    """Routes that let a caller through who should not pass, or refuse one who should."""
    wrong = []
    for route in routes(API):
        rule = rules()[str(route)]
        answer = _asked(client, scene, route)
        passed = not _refuses(answer, refused)
        if passed is not allowed(rule) or answer.status_code >= 500:
            wrong.append(f"{route} ({rule.value}): {answer.status_code} {answer.content[:160]!r}")
    return "\n".join(wrong)


def _refuses(answer: Any, refused: frozenset[int] | set[int]) -> bool:
    if answer.status_code == 404:  # a part of what one may see may be missing, and then it is named
        return 404 in refused and answer.json()["detail"] == "Not found."
    named = answer.status_code == 400 and [e["pointer"] for e in answer.json()["errors"]] == [NAMED]
    return answer.status_code in refused or named


def _asked(client: APIClient, scene: Scene, route: Route) -> Any:
    """The answer; whatever the request changed is undone."""
    call = getattr(client, route.method)
    body = {} if route.method == "get" else scene.bodies.get(str(route), {})
    with _undone():
        answer = call(scene.address(route.pattern), body, format=None if not body else "json")
        if answer.streaming:
            answer.getvalue()
        return answer


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
