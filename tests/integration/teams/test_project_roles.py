"""Roles in one project: raised, lowered, guests; who may give them, and where they end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from qtwin.accounts.models import AuditEvent, Role, Scope, Team, User
from qtwin.accounts.services import membership_set
from qtwin.jobs.models import Job
from qtwin.projects.demo.h2 import SYSTEM
from qtwin.projects.models import Budget, LedgerEntry, Period, Project, ProjectMember, Unit
from qtwin.projects.selectors import (
    projects_managed_by,
    projects_visible_to,
    projects_writable_by,
)
from qtwin.projects.services import budget_set, project_create

Give = Callable[..., Any]


@pytest.fixture
def give(project: Project, user: User, client_of: Callable[..., APIClient]) -> Give:
    """Give somebody a role in the project, by the team's owner unless another one asks."""

    def run(to: User | str, role: str, by: User = user) -> Any:
        body = {"email": to if isinstance(to, str) else to.email, "role": role}
        place = f"/api/v1/projects/{project.pk}/members"
        return client_of(by, *Scope).put(place, body, format="json")

    return run


@pytest.fixture
def member(team: Team) -> Callable[[Role], User]:
    def make(role: Role) -> User:
        person = User.objects.create_user(f"{role}-2@example.org", role.title())
        membership_set(team=team, user=person, role=role, by=None)
        return person

    return make


@pytest.fixture
def other(team: Team, user: User) -> Project:
    """Another project of the team."""
    return project_create(team=team, name="other", system=SYSTEM, by=user)


def test_a_viewer_is_raised_in_one_project_only(
    give: Give, viewer: User, project: Project, other: Project
) -> None:
    answer = give(viewer, "operator")
    row = next(row for row in answer.json()["results"] if row["email"] == viewer.email)
    assert (row["role"], row["team_role"], row["guest"]) == ("operator", "viewer", False)
    assert set(projects_visible_to(viewer)) == {project, other}
    assert list(projects_writable_by(viewer)) == [project]
    trail = AuditEvent.objects.get(action="project.member.set")
    assert trail.data == {"project": str(project.pk), "role": "operator", "guest": False}
    give(viewer, "operator")
    assert AuditEvent.objects.filter(action="project.member.set").count() == 1


def test_an_operator_is_lowered_in_one_project_and_let_up_again(
    *,
    give: Give,
    member: Callable[[Role], User],
    project: Project,
    other: Project,
    user: User,
    client_of: Callable[..., APIClient],
) -> None:
    olaf = member(Role.OPERATOR)
    give(olaf, "viewer")
    assert list(projects_writable_by(olaf)) == [other]
    place = f"/api/v1/projects/{project.pk}/members/{olaf.pk}"
    assert client_of(user, *Scope).delete(place).status_code == 204
    assert set(projects_writable_by(olaf)) == {project, other}


def test_a_guest_sees_one_project_and_leaves_it(
    give: Give,
    stranger: User,
    project: Project,
    other: Project,
    client_of: Callable[..., APIClient],
) -> None:
    assert give(stranger, "admin").json()["errors"][0]["pointer"] == "/role"
    assert give(stranger, "operator").status_code == 200
    assert list(projects_visible_to(stranger)) == [project]
    assert list(projects_writable_by(stranger)) == [project]
    api = client_of(stranger, *Scope)
    body = {"source": "hf", "points": [0.7]}
    assert api.post(f"/api/v1/projects/{project.pk}/jobs", body, format="json").status_code == 202
    assert api.get(f"/api/v1/teams/{project.team_id}").status_code == 404
    assert api.get(f"/api/v1/projects/{other.pk}").status_code == 404
    assert api.post(f"/api/v1/projects/{project.pk}:leave").status_code == 204
    assert not projects_visible_to(stranger).exists()


def test_a_guest_sees_neither_the_teams_people_nor_what_its_other_jobs_cost(
    *,
    give: Give,
    viewer: User,
    stranger: User,
    user: User,
    project: Project,
    client_of: Callable[..., APIClient],
) -> None:
    give(stranger, "operator")
    money: dict[str, Any] = {
        "unit": Unit.MONEY,
        "period": Period.TOTAL,
        "limit": 9,
        "per_job": None,
    }
    for scope in (project.team, (project.team, stranger)):
        budget_set(scope=scope, by=user, **money)
    of_team, of_guest = (Budget.objects.get(user=who) for who in (None, stranger))
    for budget in (of_team, of_guest):
        LedgerEntry.objects.create(budget=budget, job_id=uuid4(), kind="reserve", amount=1)
    place = f"/api/v1/projects/{project.pk}"

    def seen(by: User, what: str, field: str) -> set[str]:
        rows = client_of(by, *Scope).get(f"{place}/{what}").json()["results"]
        return {row[field] for row in rows}

    assert seen(stranger, "members", "email") == {stranger.email}
    assert seen(viewer, "members", "email") == {user.email, viewer.email, stranger.email}
    assert seen(stranger, "ledger", "budget") == {str(of_guest.pk)}
    assert seen(viewer, "ledger", "budget") == {str(of_team.pk)}


def test_a_tokens_budget_is_not_taken_for_the_teams(
    user: User, project: Project, client_of: Callable[..., APIClient]
) -> None:
    body = {"scope": "token", "unit": "usd", "period": "total", "limit": 5}
    place = f"/api/v1/projects/{project.pk}/budgets"
    refused = client_of(user, *Scope).put(place, body, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/scope")
    assert not Budget.objects.exists()


def test_a_guest_leaves_by_the_projects_page(
    give: Give, stranger: User, viewer: User, project: Project
) -> None:
    give(stranger, "viewer")
    page, browser = f"/projects/{project.pk}", Client()
    browser.force_login(stranger)
    text = browser.get(page).content.decode()
    assert f'action="{page}:leave"' in text
    assert f"/teams/{project.team_id}" not in text
    assert browser.post(f"{page}:leave").headers["Location"] == "/projects"
    assert browser.get(page).status_code == 404
    browser.force_login(viewer)
    assert "Leave this project" not in browser.get(page).content.decode()
    assert browser.post(f"{page}:leave").status_code == 404


def test_a_role_in_a_project_ends_with_the_membership_and_a_guests_does_not(
    give: Give, viewer: User, stranger: User, team: Team, project: Project
) -> None:
    give(viewer, "admin")
    give(stranger, "operator")
    membership_set(team=team, user=stranger, role=Role.VIEWER, by=None)
    assert list(projects_writable_by(stranger)) == [project], "joining takes nothing away"
    team.memberships.filter(user__in=[viewer, stranger]).delete()
    assert not projects_visible_to(viewer).exists()
    assert list(projects_visible_to(stranger)) == [project]


def test_a_guests_role_does_not_lower_who_joined_the_team(
    give: Give, stranger: User, team: Team, project: Project
) -> None:
    give(stranger, "viewer")
    membership_set(team=team, user=stranger, role=Role.OPERATOR, by=None)
    assert list(projects_writable_by(stranger)) == [project]


def test_an_admin_of_the_project_manages_it_and_no_money_of_the_team(
    *,
    give: Give,
    viewer: User,
    member: Callable[[Role], User],
    user: User,
    project: Project,
    client_of: Callable[..., APIClient],
) -> None:
    give(viewer, "admin")
    assert list(projects_managed_by(viewer)) == [project]
    api, place = client_of(viewer, *Scope), f"/api/v1/projects/{project.pk}/budgets"
    budget = {"scope": "project", "unit": Unit.MONEY, "period": "total", "limit": 1}
    assert api.put(place, budget, format="json").status_code == 200
    assert api.put(place, {**budget, "scope": "team"}, format="json").status_code == 404
    theirs = {**budget, "scope": "user", "user": user.email}
    assert api.put(place, theirs, format="json").status_code == 404
    for refused in (user, member(Role.ADMIN), viewer):
        assert give(refused, "viewer", by=viewer).status_code == 403, refused
    assert give(member(Role.OPERATOR), "viewer", by=viewer).status_code == 200


def test_who_has_no_account_is_named(give: Give) -> None:
    answer = give("nobody@example.org", "viewer")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/email")


def test_the_database_admits_no_guest_as_admin_and_no_owner(
    project: Project, stranger: User
) -> None:
    for role in (Role.ADMIN, Role.OWNER):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProjectMember.objects.create(project=project, user=stranger, role=role)


def test_a_list_of_jobs_takes_as_many_queries_as_before(
    give: Give, stranger: User, submit: Callable[..., Job], client_of: Callable[..., APIClient]
) -> None:
    give(stranger, "viewer")
    for x in (0.7, 0.8, 0.9):
        submit(source="hf", points=[x])
    api = client_of(stranger)
    api.get("/api/v1/jobs")  # notes the token's first use
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(api.get("/api/v1/jobs").json()["results"]) == 3
    assert len(queries) <= 4, [query["sql"] for query in queries]
