"""Members of a team over HTTP: who sees them, who changes what, and that the trail says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import AuditEvent, Membership, Role, Scope, Team, User
from qtwin.accounts.services import membership_set

ALL = [Scope.READ, Scope.SUBMIT, Scope.SPEND, Scope.ADMIN]
Change = Callable[..., Any]


@pytest.fixture
def people(team: Team, user: User) -> dict[str, User]:
    """The owner, and one member of every other role."""
    people = {"owner": user}
    for role in (Role.ADMIN, Role.OPERATOR, Role.VIEWER):
        member = User.objects.create_user(f"{role}@example.org", role.title())
        membership_set(team=team, user=member, role=role, by=None)
        people[role.value] = member
    return people


@pytest.fixture
def change(
    team: Team, people: dict[str, User], stranger: User, client_of: Callable[..., APIClient]
) -> Change:
    """Somebody, by role, changes what a member, by role, may do."""

    def run(who: str, whom: str, **body: Any) -> Any:
        client = client_of(people.get(who, stranger), *ALL)
        place = f"/api/v1/teams/{team.pk}/members/{people[whom].pk}"
        return client.patch(place, body, format="json")

    return run


def test_members_see_each_other_and_strangers_see_nothing(
    team: Team, people: dict[str, User], stranger: User, client_of: Callable[..., APIClient]
) -> None:
    place = f"/api/v1/teams/{team.pk}/members"
    rows = client_of(people["viewer"]).get(place).json()["results"]
    assert [(row["name"], row["role"], row["may_approve"]) for row in rows] == [
        ("Ada", "owner", True),
        ("Admin", "admin", False),
        ("Operator", "operator", False),
        ("Viewer", "viewer", False),
    ]
    assert rows[0]["id"] == str(people["owner"].pk)
    assert client_of(stranger).get(place).status_code == 404


def test_owners_make_approvers_and_the_trail_says_so(
    change: Change, team: Team, people: dict[str, User]
) -> None:
    trails = AuditEvent.objects.filter(action="membership.set")
    before = trails.count()
    answer = change("owner", "operator", may_approve=True, role="viewer")
    assert (answer.status_code, answer.json()["may_approve"]) == (200, True)
    member = Membership.objects.get(team=team, user=people["operator"])
    assert (member.role, member.may_approve) == (Role.VIEWER, True)
    change("owner", "operator", may_approve=True)
    assert trails.count() == before + 1, "a wish that changes nothing leaves no row"
    trail = trails.latest("pk")
    assert (trail.user, trail.team) == (people["owner"], team)
    assert trail.target == f"user:{people['operator'].pk}"
    assert trail.data == {"role": "viewer", "may_approve": True}


@pytest.mark.parametrize("who", ["operator", "viewer", "stranger"])
def test_nobody_else_changes_anything(who: str, change: Change, team: Team) -> None:
    assert change(who, "viewer", may_approve=True).status_code == 404
    assert not Membership.objects.filter(team=team, role="viewer", may_approve=True).exists()


def test_a_token_needs_the_scope_admin(
    team: Team, user: User, client_of: Callable[..., APIClient]
) -> None:
    place = f"/api/v1/teams/{team.pk}/members/{user.pk}"
    client = client_of(user, Scope.READ, Scope.SUBMIT, Scope.SPEND)
    assert client.patch(place, {"may_approve": False}, format="json").status_code == 403
    assert Membership.objects.get(user=user).may_approve


@pytest.mark.parametrize(
    ("whom", "body", "pointer"),
    [
        ("operator", {"may_approve": True}, "/may_approve"),
        ("admin", {"role": "owner"}, "/role"),
        ("operator", {"role": "owner", "may_approve": True}, "/role"),
        ("owner", {"may_approve": False}, ""),
        ("owner", {"role": "viewer"}, ""),
    ],
)
def test_an_admin_neither_makes_nor_changes_an_owner_or_an_approver(
    change: Change, team: Team, whom: str, body: dict[str, Any], pointer: str
) -> None:
    before = list(Membership.objects.order_by("pk").values("role", "may_approve"))
    answer = change("admin", whom, **body)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:qtwin:problem:owners_only")
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert list(Membership.objects.order_by("pk").values("role", "may_approve")) == before


def test_a_team_keeps_an_owner(change: Change, people: dict[str, User], team: Team) -> None:
    alone = change("owner", "owner", role="admin")
    assert (alone.status_code, alone.json()["errors"][0]["pointer"]) == (409, "/role")
    assert "Ada is the team's only owner" in alone.json()["detail"]
    assert change("owner", "admin", role="owner").status_code == 200
    assert change("owner", "owner", role="admin").status_code == 200
    owners = Membership.objects.filter(team=team, role=Role.OWNER)
    assert [row.user for row in owners] == [people["admin"]]


def test_an_owner_who_cannot_sign_in_is_none(change: Change, people: dict[str, User]) -> None:
    change("owner", "admin", role="owner")
    User.objects.filter(pk=people["admin"].pk).update(is_active=False)
    assert change("owner", "owner", role="viewer").status_code == 409


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"role": "boss"}, "/role"),
        ({"may_approve": "perhaps"}, "/may_approve"),
        ({"email": "x@example.org"}, "/email"),
    ],
)
def test_a_wrong_wish_is_refused_by_field(
    change: Change, body: dict[str, Any], pointer: str
) -> None:
    answer = change("owner", "viewer", **body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)


def test_who_is_not_in_the_team_is_not_found(
    team: Team, user: User, stranger: User, client_of: Callable[..., APIClient]
) -> None:
    client = client_of(user, *ALL)
    for someone in (stranger.pk, new_id()):
        place = f"/api/v1/teams/{team.pk}/members/{someone}"
        assert client.patch(place, {"role": "viewer"}, format="json").status_code == 404
