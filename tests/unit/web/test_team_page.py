"""The page of a team: everybody in it looks, owners and admins change."""

from __future__ import annotations

import pytest
from django.test import Client

from qtwin.accounts.models import Membership, Role, Team, User
from qtwin.accounts.services import membership_set
from qtwin.projects.models import Budget, DailyLimit, Period, Project, Unit
from qtwin.projects.services import budget_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def body_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    body: str = response.content.decode()
    assert " style=" not in body
    return body


def test_an_owner_makes_an_approver(
    signed_in: Client, project: Project, team: Team, viewer: User
) -> None:
    address = f"/teams/{team.pk}"
    assert f'href="{address}"' in body_of(signed_in, f"/projects/{project.pk}")
    assert f'action="{address}/members/{viewer.pk}"' in body_of(signed_in, address)
    wish = {"role": "operator", "may_approve": "on"}
    assert signed_in.post(f"{address}/members/{viewer.pk}", wish).headers["Location"] == address
    member = Membership.objects.get(team=team, user=viewer)
    assert (member.role, member.may_approve) == (Role.OPERATOR, True)
    signed_in.post(f"{address}/members/{viewer.pk}", {"role": "operator"})
    member.refresh_from_db()
    assert not member.may_approve


def test_a_refusal_says_why_and_changes_nothing(signed_in: Client, team: Team, user: User) -> None:
    address = f"/teams/{team.pk}/members/{user.pk}"
    refused = signed_in.post(address, {"role": "viewer"})
    assert refused.status_code == 409
    assert "Ada is the team&#x27;s only owner" in refused.content.decode()
    assert signed_in.post(address, {"role": "boss"}).status_code == 400
    assert Membership.objects.get(team=team, user=user).role == Role.OWNER


def test_a_viewer_looks_and_a_stranger_does_not(
    client: Client, team: Team, viewer: User, stranger: User
) -> None:
    address = f"/teams/{team.pk}"
    client.force_login(viewer)
    assert "<form id=" not in body_of(client, address)
    assert client.post(f"{address}/members/{viewer.pk}", {"role": "owner"}).status_code == 404
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    assert client.post(f"{address}/members/{viewer.pk}", {"role": "owner"}).status_code == 404


def test_changing_needs_a_post_with_a_token(user: User, team: Team, viewer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    address = f"/teams/{team.pk}/members/{viewer.pk}"
    assert client.get(address).status_code == 405
    assert client.post(address, {"role": "owner"}).status_code == 403


def test_names_are_escaped(signed_in: Client, team: Team, user: User) -> None:
    attack = "<script>alert(1)</script>"
    other = User.objects.create_user("x@example.org", attack)
    membership_set(team=team, user=other, role=Role.VIEWER, by=user)
    Team.objects.filter(pk=team.pk).update(name=attack)
    assert attack not in body_of(signed_in, f"/teams/{team.pk}")


def test_a_manager_limits_what_the_team_may_spend(
    client: Client, team: Team, user: User, viewer: User
) -> None:
    client.force_login(user)
    address = f"/teams/{team.pk}/budget"
    for body, words in (
        ({"limit": "many", "period": "total"}, "is no amount of USD"),
        ({"limit": "-1", "period": "total"}, "allowed: from 0 to"),
        ({"limit": "5", "period": "week"}, "choose of what it is"),
    ):
        refused = client.post(address, body)
        assert refused.status_code == 400
        assert words in refused.content.decode()
    assert Budget.objects.count() == 0
    client.post(address, {"limit": "12.50", "period": "total"})
    page = client.get(f"/teams/{team.pk}").content.decode()
    assert "12.50 USD" in page
    assert (Budget.objects.get().team, Budget.objects.get().limit) == (team, 12_500_000)
    client.force_login(viewer)
    assert client.post(address, {"limit": "1", "period": "total"}).status_code == 404
    page = client.get(f"/teams/{team.pk}").content.decode()
    assert "12.50 USD" in page
    assert address not in page


@pytest.mark.parametrize(("period", "model"), [("total", Budget), ("day", DailyLimit)])
def test_a_new_limit_keeps_what_one_job_may_use(
    client: Client, team: Team, user: User, period: str, model: type[Budget | DailyLimit]
) -> None:
    budget_set(scope=team, unit=Unit.MONEY, period=Period(period), limit=9, per_job=7, by=user)
    client.force_login(user)
    client.post(f"/teams/{team.pk}/budget", {"limit": "12.50", "period": period})
    assert model.objects.values_list("limit", "per_job").get() == (12_500_000, 7)
