"""Every route and method, by whoever might ask: no row without a rule, and no surprise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from qtwin.accounts.models import Role, Scope, User
from qtwin.projects.demo.h2 import SYSTEM
from qtwin.projects.models import Project
from qtwin.projects.services import (
    project_create,
    project_link_create,
    project_member_set,
    project_publish,
    token_issue,
)
from tests.integration.access.routes import Route, routes
from tests.integration.access.rules import ROLES, Rule, rules
from tests.integration.access.scene import FIXED, Scene

API = "api/v1/"
ASKS = ("/estimate", ":predict", ":samples", ":derivatives", ":functionals", ":plan", ":validate")
"""Ends of routes that a POST asks something, and changes nothing."""
OF_TEAM = tuple(f"{API}{part}/<" for part in ("teams", "backends", "imports"))
"""Starts of routes of what belongs to the team, not to the project."""
OF_ONESELF = {
    *(f"PATCH {API}me", f"DELETE {API}me", f"GET {API}me/export"),
    *(
        f"POST {API}{path}"
        for path in ("me/tokens", "me/mentions:read", "teams", "invitations:accept")
    ),
}
"""What neither an agent nor a token that is bound to projects may do."""
OF_PERSONS = OF_ONESELF | {f"POST {API}teams/<uuid:team_id>:leave"}
"""What no agent may do, though whoever is signed in, or in the team, may."""
SHOWN = {
    f"GET {API}projects/<uuid:project_id>{path}"
    for path in (
        "",
        "/sources",
        "/sources/<slug:name>",
        "/measurements",
        "/datasets",
        "/twin",
        "/twin/curve",
        "/twin/surface",
        "/twin/calibration",
        "/twin/conflicts",
        "/twin/versions",
        "/twin/versions/<int:number>",
        "/twin/versions/<int:number>:changes",
    )
}
"""What visitors read of a project that is shown to them."""
NAMED = "/team"
"""The field of a body that names a team, which is refused as any wrong value is."""


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    assert {str(route) for route in routes(API)} == set(rules())


@pytest.mark.parametrize("role", list(Role))
def test_a_member_may_do_what_the_role_allows_and_nothing_else(
    scene: Scene, client_of: Callable[..., APIClient], role: Role
) -> None:
    client = client_of(scene.members[role], *Scope)
    assert surprises(scene, client, Standing(team=role, project=role)) == ""


@pytest.mark.parametrize(
    ("in_team", "in_project"), [("operator", "admin"), ("operator", "viewer"), (None, "operator")]
)
def test_a_role_in_the_project_counts_there_and_nowhere_else(
    scene: Scene,
    client_of: Callable[..., APIClient],
    user: User,
    in_team: str | None,
    in_project: str,
) -> None:
    person = (
        scene.members[Role(in_team)] if in_team else User.objects.create_user("g@x.org", "Guest")
    )
    place = Project.objects.get(pk=scene.ids["project_id"])
    project_member_set(project=place, user=person, role=Role(in_project), by=user)
    standing = Standing(team=Role(in_team) if in_team else None, project=Role(in_project))
    assert surprises(scene, client_of(person, *Scope), standing) == ""


def test_an_agent_of_the_owner_does_an_operators_work_and_nothing_of_a_persons(
    scene: Scene, user: User
) -> None:
    _, text = token_issue(
        user=user, name="a", scopes=["read", "submit", "spend"], agent=True, budget=10**6
    )

    def allowed(route: Route, rule: Rule) -> bool:
        ours = rule in {Rule.ANYONE, Rule.SIGNED_IN, Rule.MEMBER, Rule.WRITER}
        return ours and str(route) not in OF_PERSONS

    assert surprises(scene, bearer(text), allowed) == ""


def test_an_admins_token_that_is_bound_to_another_project_reaches_nothing(
    scene: Scene, user: User
) -> None:
    other = project_create(team=scene.team, name="other", system=SYSTEM, by=user)
    _, text = token_issue(user=user, name="b", scopes=list(Scope), projects=[other])

    def allowed(route: Route, rule: Rule) -> bool:
        return rule in {Rule.ANYONE, Rule.SIGNED_IN} and str(route) not in OF_ONESELF

    assert surprises(scene, bearer(text), allowed) == ""


def bearer(text: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def test_a_visitor_with_a_link_reads_the_twin_and_its_data_and_nothing_else(
    scene: Scene, user: User
) -> None:
    place = Project.objects.get(pk=scene.ids["project_id"])
    _, secret = project_link_create(project=place, label="x", by=user)

    def allowed(route: Route, rule: Rule) -> bool:
        return rule is Rule.ANYONE or str(route) in SHOWN

    assert surprises(scene, bearer(secret), allowed) == ""
    people = "|".join(f"{person.name}|{person.email}" for person in scene.members.values())
    for line in SHOWN:
        text = bearer(secret).get(scene.address(line.removeprefix("GET "))).content.decode()
        assert not re.findall(rf"\b({people})\b|usd|cost|price", text, re.IGNORECASE), line


def test_a_public_project_shows_the_same_to_everybody(scene: Scene, user: User) -> None:
    place = Project.objects.get(pk=scene.ids["project_id"])
    project_publish(project=place, public=True, by=user)

    def allowed(route: Route, rule: Rule) -> bool:
        return rule is Rule.ANYONE or str(route) in SHOWN

    assert surprises(scene, APIClient(), allowed, refused={401}) == ""


def test_an_owner_of_another_team_reaches_nothing(
    scene: Scene, client_of: Callable[..., APIClient], stranger: User
) -> None:
    client = client_of(stranger, *Scope)
    assert surprises(scene, client, NOBODY) == ""


def test_a_list_shows_nothing_of_another_team(
    scene: Scene, client_of: Callable[..., APIClient], stranger: User
) -> None:
    client = client_of(stranger, *Scope)
    told = set(scene.ids.values()) - set(FIXED.values())
    told = {one for one in told if not one.isdecimal()}  # a number may be that of another thing
    for route in routes(API):
        if rules()[str(route)] is Rule.SIGNED_IN and route.method == "get":
            text = client.get(scene.address(route.pattern)).content.decode()
            assert not [one for one in told if one in text], route


def test_who_is_not_signed_in_is_asked_to(scene: Scene) -> None:
    found = surprises(scene, APIClient(), signed_out, refused={401})
    assert found == ""


def test_a_token_that_may_only_read_asks_and_changes_nothing(
    scene: Scene, client_of: Callable[..., APIClient], user: User
) -> None:
    client, wrong = client_of(user, Scope.READ), []
    for route in routes(API):
        asks = route.method == "get" or route.pattern.endswith(ASKS)
        ends = ("credentials", "invitations", "/sharing", "/links", "/audit", "me/export")
        managers = route.pattern.endswith(ends) or "/webhooks" in route.pattern
        answer = _asked(client, scene, route)
        if (answer.status_code == 403) is asks and not managers:
            wrong.append(f"{route}: {answer.status_code}")
    assert wrong == []


def test_nothing_of_another_team_is_made(
    scene: Scene, client_of: Callable[..., APIClient], stranger: User
) -> None:
    body = {"name": "mine", "system": {}, "team": str(scene.team.pk)}
    answer = client_of(stranger, *Scope).post("/api/v1/projects", body, format="json")
    assert answer.status_code == 400
    assert scene.team.projects.count() == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What somebody is in the team and in its project; None where they are nothing."""

    team: Role | None
    project: Role | None

    def __call__(self, route: Route, rule: Rule) -> bool:
        if rule is Rule.GUEST:
            return self.team is None and self.project is not None
        if rule not in ROLES:
            return True
        of_team = rule in {Rule.OWNER, Rule.APPROVER} or route.pattern.startswith(OF_TEAM)
        return (self.team if of_team else self.project) in ROLES[rule]


NOBODY = Standing(team=None, project=None)


def signed_out(route: Route, rule: Rule) -> bool:
    return rule is Rule.ANYONE


def surprises(
    scene: Scene,
    client: APIClient,
    allowed: Callable[[Route, Rule], bool],
    refused: frozenset[int] | set[int] = frozenset({403, 404}),
) -> str:
    """Routes that let a caller through who should not pass, or refuse one who should."""
    wrong = []
    for route in routes(API):
        rule = rules()[str(route)]
        answer = _asked(client, scene, route)
        passed = not _refuses(answer, refused)
        if passed is not allowed(route, rule) or answer.status_code >= 500:
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
