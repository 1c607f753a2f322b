"""Teams over HTTP: made, renamed, left, handed over; their members taken out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import AuditEvent, Membership, Role, Scope, Team, User
from qtwin.accounts.services import membership_set

Client = Callable[[User], APIClient]


@pytest.fixture
def client(client_of: Callable[..., APIClient]) -> Client:
    return lambda user: client_of(user, *Scope)


@pytest.fixture
def admin(team: Team) -> User:
    user = User.objects.create_user("adam@example.org", "Adam")
    membership_set(team=team, user=user, role=Role.ADMIN, by=None)
    return user


def roles(team: Team) -> dict[str, str]:
    return dict(Membership.objects.filter(team=team).values_list("user__name", "role"))


def test_who_makes_a_team_owns_it_and_lists_it(stranger: User, client: Client) -> None:
    api = client(stranger)
    made = api.post("/api/v1/teams", {"name": "Lab"}, format="json")
    assert (made.status_code, made.json()["role"], made.json()["members"]) == (201, "owner", 1)
    rows = api.get("/api/v1/teams").json()["results"]
    assert [row["name"] for row in rows] == ["Eve's team", "Lab"]
    assert api.get(made["Location"]).json() == rows[1]


def test_a_team_is_renamed_once_and_the_trail_says_so(
    team: Team, user: User, client: Client
) -> None:
    place = f"/api/v1/teams/{team.pk}"
    for _ in range(2):
        assert client(user).patch(place, {"name": "B"}, format="json").json()["name"] == "B"
    trail = AuditEvent.objects.get(action="team.rename")
    assert (trail.team, trail.data) == (team, {"before": "Ada's team", "after": "B"})
    empty = client(user).patch(place, {"name": " "}, format="json")
    assert (empty.status_code, empty.json()["errors"][0]["pointer"]) == (400, "/name")


def test_a_member_leaves_and_the_only_owner_hands_over_first(
    team: Team, user: User, viewer: User, client: Client
) -> None:
    place = f"/api/v1/teams/{team.pk}"
    alone = client(user).post(f"{place}:leave")
    assert alone.status_code == 409
    assert "only owner" in alone.json()["detail"]
    handed = client(user).post(f"{place}:hand-over", {"to": str(viewer.pk)}, format="json")
    assert (handed.status_code, handed.json()["role"]) == (200, "owner")
    assert roles(team) == {"Ada": "admin", "Vera": "owner"}
    assert client(user).post(f"{place}:leave").status_code == 204
    assert client(user).get(place).status_code == 404
    assert AuditEvent.objects.filter(action="membership.end", team=team).count() == 1


def test_a_team_is_handed_over_to_another_member_only(
    team: Team, user: User, stranger: User, admin: User, client: Client
) -> None:
    place = f"/api/v1/teams/{team.pk}:hand-over"
    assert client(user).post(place, {"to": str(user.pk)}, format="json").status_code == 403
    assert client(user).post(place, {"to": str(stranger.pk)}, format="json").status_code == 404
    assert client(admin).post(place, {"to": str(admin.pk)}, format="json").status_code == 404
    assert roles(team) == {"Ada": "owner", "Adam": "admin"}


def test_an_admin_takes_out_a_viewer_and_no_owner(
    team: Team, user: User, viewer: User, admin: User, client: Client
) -> None:
    place = f"/api/v1/teams/{team.pk}/members"
    assert client(admin).delete(f"{place}/{viewer.pk}").status_code == 204
    refused = client(admin).delete(f"{place}/{user.pk}")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:qtwin:problem:owners_only")
    assert roles(team) == {"Ada": "owner", "Adam": "admin"}
    assert client(viewer).get(place).status_code == 404


@pytest.mark.parametrize(("who", "code"), [("admin", 403), ("owner", 200)])
def test_only_owners_make_approvers(
    *, team: Team, user: User, viewer: User, admin: User, client: Client, who: str, code: int
) -> None:
    place = f"/api/v1/teams/{team.pk}/members/{viewer.pk}"
    body: dict[str, Any] = {"may_approve": True}
    answer = client(user if who == "owner" else admin).patch(place, body, format="json")
    assert answer.status_code == code
    assert Membership.objects.get(user=viewer).may_approve is (code == 200)
