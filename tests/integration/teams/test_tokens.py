"""Tokens over HTTP: expiry, projects, budgets; and agents, that never do what a person must."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from backends import registry
from qtwin.accounts.models import ApiToken, AuditEvent, Role, Scope, Team, User
from qtwin.accounts.services import membership_set, token_revoke
from qtwin.campaigns.models import Campaign
from qtwin.campaigns.services import campaign_resume
from qtwin.jobs.models import Job, State
from qtwin.jobs.services import job_cancel
from qtwin.projects.demo.h2 import SYSTEM
from qtwin.projects.models import Budget, Period, Project, Unit
from qtwin.projects.services import (
    budget_set,
    project_create,
    source_create,
    spending_rule_set,
    token_issue,
)
from tests import memory_vendor
from tests.memory_vendor import PRICE
from tests.unit.campaigns.conftest import end_jobs, take
from workers.campaign import advance

PLACE = "/api/v1/me/tokens"
JOB = {"source": "qpu", "points": [0.7], "shots": 100}


@pytest.fixture
def owner(user: User, client_of: Callable[..., APIClient]) -> APIClient:
    return client_of(user, *Scope)


def bearer(text: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def make(client: APIClient, **more: Any) -> Any:
    body = {"name": "x", "scopes": ["read", "submit"], **more}
    return client.post(PLACE, body, format="json")


def test_a_token_expires_in_90_days_unless_said_otherwise_and_in_a_year_at_most(
    owner: APIClient,
) -> None:
    made = make(owner)
    assert (made.status_code, made.json()["projects"], made.json()["agent"]) == (201, None, False)
    left = ApiToken.objects.get(pk=made.json()["id"]).expires_at
    assert left is not None
    assert abs(left - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)
    for wrong in (timezone.now() + timedelta(days=367), timezone.now(), None):
        refused = make(owner, expires_at=wrong)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (
            400,
            "/expires_at",
        )
    year = timezone.now() + timedelta(days=365)
    assert make(owner, expires_at=year).status_code == 201


def test_a_bound_token_reaches_its_projects_and_nothing_of_the_team(
    owner: APIClient, project: Project, team: Team, user: User, stranger: User
) -> None:
    other = project_create(team=team, name="other", system=SYSTEM, by=user)
    made = make(owner, scopes=list(Scope), projects=[str(project.pk)])
    assert made.json()["projects"] == [str(project.pk)]
    api = bearer(made.json()["token"])
    assert [row["id"] for row in api.get("/api/v1/projects").json()["results"]] == [str(project.pk)]
    assert api.get(f"/api/v1/projects/{other.pk}").status_code == 404
    assert api.get("/api/v1/me").json()["teams"] == []
    assert api.get(f"/api/v1/teams/{team.pk}").status_code == 404
    body = {"source": "hf", "points": [0.7]}
    assert api.post(f"/api/v1/projects/{project.pk}/jobs", body, format="json").status_code == 202
    made = api.post("/api/v1/projects", {"name": "n", "system": SYSTEM}, format="json")
    assert made.status_code == 400, "a new project would be out of its reach"
    assert make(api).status_code == 403, "it would make a stronger one"
    assert [row["name"] for row in api.get(PLACE).json()["results"]] == ["x"], "itself, no other"
    assert api.post("/api/v1/teams", {"name": "n"}, format="json").status_code == 403
    assert Team.objects.filter(name="n").count() == 0
    joined = api.post("/api/v1/invitations:accept", {"secret": "s"}, format="json")
    assert joined.status_code == 403


def test_a_token_is_bound_to_ones_own_projects_only(
    owner: APIClient, project: Project, stranger: User, client_of: Callable[..., APIClient]
) -> None:
    refused = make(client_of(stranger, *Scope), projects=[str(project.pk)])
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/projects/0")
    assert not ApiToken.objects.filter(name="x").exists()


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"scopes": ["read", "admin"]}, "/scopes"),
        ({"scopes": ["read", "submit", "spend"]}, "/budget"),
    ],
)
def test_an_agent_is_no_admin_and_spends_from_a_budget_of_its_own(
    owner: APIClient, more: dict[str, Any], pointer: str
) -> None:
    refused = make(owner, agent=True, **more)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, pointer)
    assert not ApiToken.objects.filter(agent=True).exists()


@pytest.fixture
def paid(project: Project, user: User, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a source that costs 0.30 USD a point, and money for a hundred."""
    monkeypatch.setitem(registry.BUILTIN, "paid", "tests.paid_vendor:PaidBackend")
    memory_vendor.reset()
    source_create(project=project, name="qpu", role="device", backend="paid", method="vqe", by=user)
    spending_rule_set(project=project, by=user, paid_sources=True)
    granted: dict[str, Any] = {"limit": 100 * PRICE, "per_job": None}
    budget_set(scope=project, unit=Unit.MONEY, period=Period.TOTAL, by=user, **granted)
    return project


@pytest.fixture
def agent(owner: APIClient, paid: Project) -> APIClient:
    """With 0.60 USD in all."""
    made = make(owner, name="agent", scopes=["read", "submit", "spend"], agent=True, budget=0.6)
    assert made.status_code == 201, made.content
    return bearer(made.json()["token"])


def test_what_an_agent_spends_counts_on_its_budget_too(
    agent: APIClient, owner: APIClient, paid: Project
) -> None:
    place = f"/api/v1/projects/{paid.pk}/jobs"
    assert agent.post(place, {**JOB, "points": [0.7, 0.8]}, format="json").status_code == 202
    refused = agent.post(place, {**JOB, "points": [0.9]}, format="json")
    assert (refused.status_code, refused.json()["scope"]) == (403, "token")
    assert refused.json()["left"] == 0
    assert owner.post(place, {**JOB, "points": [0.9]}, format="json").status_code == 202
    token = ApiToken.objects.get(name="agent")
    assert Budget.objects.get(token=token).reserved == 2 * PRICE
    assert Budget.objects.get(project=paid).reserved == 3 * PRICE
    row = next(row for row in owner.get(PLACE).json()["results"] if row["name"] == "agent")
    assert row["budget"] == {"limit": 0.6, "reserved": 0.6, "spent": 0.0, "left": 0.0}
    job_cancel(job=Job.objects.get(token=token), by=None)
    assert Budget.objects.get(token=token).reserved == 0


def test_a_tokens_budget_bounds_and_grants_nothing(agent: APIClient, paid: Project) -> None:
    Budget.objects.filter(project=paid).delete()
    refused = agent.post(
        f"/api/v1/projects/{paid.pk}/jobs", {**JOB, "points": [0.7]}, format="json"
    )
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:qtwin:problem:no_budget")
    assert not Job.objects.exists()
    told = agent.post(
        f"/api/v1/projects/{paid.pk}/estimate", {**JOB, "points": [0.7]}, format="json"
    ).json()
    assert told["refused"]["code"] == "no_budget"


def test_an_owner_raises_an_agents_budget_and_the_agent_does_not(
    agent: APIClient, owner: APIClient
) -> None:
    token = ApiToken.objects.get(name="agent")
    place = f"{PLACE}/{token.pk}"
    assert agent.patch(place, {"budget": 9}, format="json").status_code == 403
    changed = owner.patch(place, {"budget": 9, "budget_per_day": 3}, format="json").json()
    assert (changed["budget"]["limit"], changed["budget_per_day"]["limit"]) == (9, 3)
    assert AuditEvent.objects.filter(action="budget.set", data__scope="token").count() == 3


def test_an_agent_approves_nothing_and_lets_nothing_held_go_that_costs_money(
    agent: APIClient, owner: APIClient, paid: Project, user: User, viewer: User
) -> None:
    paid.team.memberships.filter(user=user).update(may_approve=True)
    spending_rule_set(project=paid, by=user, approval_above=0)
    job = owner.post(f"/api/v1/projects/{paid.pk}/jobs", JOB, format="json")["Location"]
    typed = {"confirm": "0.30 USD"}
    assert agent.post(f"{job}:approve", typed, format="json").status_code == 404
    assert owner.post(f"{job}:approve", typed, format="json").status_code == 200
    assert owner.post(f"{job}:hold").status_code == 202
    assert agent.post(f"{job}:release").status_code == 403
    assert Job.objects.get().state == State.HOLD


def test_an_agents_campaign_spends_its_budget_and_ends_with_its_token(
    agent: APIClient, paid: Project, user: User
) -> None:
    sweep = {"sources": [{"source": "qpu", "shots": 100}], "points": [0.5, 0.6, 0.7, 0.8]}
    body = {"name": "s", "sweep": {**sweep, "chunk_points": 1}}
    made = agent.post(f"/api/v1/projects/{paid.pk}/campaigns", body, format="json")
    assert made.status_code == 202, made.content
    token = ApiToken.objects.get(name="agent")
    campaign = Campaign.objects.get()
    advance(str(campaign.pk), owner="test")
    assert Job.objects.filter(token=token).count() == 2, "there was money for two"
    campaign.refresh_from_db()
    assert "the token's budget" in campaign.reason
    Budget.objects.filter(token=token).update(limit=9 * PRICE)
    token_revoke(token=token, by=user)
    campaign_resume(campaign=campaign, by=user)
    advance(str(campaign.pk), owner="test")
    campaign.refresh_from_db()
    assert (campaign.state, "was revoked" in campaign.reason) == ("paused", True)
    assert Job.objects.filter(token=token).count() == 2


def test_an_agent_sets_nothing_going_that_spends_by_a_persons_right(
    agent: APIClient, owner: APIClient, paid: Project, user: User, client_of: Callable[..., Any]
) -> None:
    sweep = {"sources": [{"source": "qpu", "shots": 100}], "points": [0.5]}
    campaign = {"name": "s", "sweep": sweep}
    place = f"/api/v1/projects/{paid.pk}"
    begun = owner.post(f"{place}/campaigns", campaign, format="json")["Location"]
    daily = {"campaign": campaign, "every": {"days": 1}}
    made = owner.post(f"{place}/schedules", daily, format="json").json()
    schedule = f"/api/v1/schedules/{made['id']}"
    assert agent.post(f"{begun}:pause").status_code == 202
    assert agent.post(f"{schedule}:stop").status_code == 200
    for refused in (agent.post(f"{begun}:resume"), agent.post(f"{schedule}:start")):
        assert refused.status_code == 403, refused.content
        assert "another right" in refused.json()["detail"]
    weak = client_of(user, Scope.READ, Scope.SUBMIT)
    assert weak.post(f"{begun}:resume").json()["type"] == "urn:qtwin:problem:scope"
    assert Campaign.objects.get().state == "paused"
    assert owner.post(f"{begun}:resume").status_code == 202
    assert owner.post(f"{schedule}:start").status_code == 200


def test_a_retry_by_an_agent_reaches_no_step_that_a_person_pays_for(
    agent: APIClient, owner: APIClient, paid: Project
) -> None:
    first = {"name": "first", "sweep": {"sources": ["hf"], "points": [0.5]}}
    then = {"sources": [{"source": "qpu", "shots": 100}], "points": [0.5]}
    body = {"name": "s", "steps": [first, {"name": "then", "after": ["first"], "sweep": then}]}
    made = owner.post(f"/api/v1/projects/{paid.pk}/campaigns", body, format="json")
    assert made.status_code == 202, made.content
    campaign = Campaign.objects.get()
    take(campaign)
    end_jobs(campaign, failed=("hf",))
    for _ in range(3):
        take(campaign)
    assert campaign.steps.get(name="then").state == "skipped"
    refused = agent.post(f"{made['Location']}:retry")
    assert (refused.status_code, "another right" in refused.json()["detail"]) == (403, True)
    assert campaign.steps.get(name="then").state == "skipped"
    assert owner.post(f"{made['Location']}:retry").status_code == 202


def test_a_campaign_pauses_when_who_began_it_may_no_longer_submit(
    owner: APIClient, project: Project, user: User, stranger: User
) -> None:
    body = {"name": "s", "sweep": {"sources": ["hf"], "points": [0.5, 0.6], "chunk_points": 1}}
    owner.post(f"/api/v1/projects/{project.pk}/campaigns", body, format="json")
    membership_set(team=project.team, user=stranger, role=Role.OWNER, by=None)
    project.team.memberships.filter(user=user).update(role=Role.VIEWER)
    campaign = take(Campaign.objects.get())
    assert (campaign.state, "may no longer submit" in campaign.reason) == ("paused", True)
    assert not Job.objects.exists()


def test_an_agent_without_a_budget_spends_nothing(paid: Project, user: User) -> None:
    _, text = token_issue(user=user, name="a", scopes=["submit", "spend"], agent=True, budget=1)
    Budget.objects.filter(token__isnull=False).delete()
    answer = bearer(text).post(f"/api/v1/projects/{paid.pk}/jobs", JOB, format="json")
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:qtwin:problem:no_budget")


def test_the_trail_of_each_team_says_which_token_acted(
    agent: APIClient, paid: Project, team: Team
) -> None:
    made = AuditEvent.objects.get(action="token.create", data__agent=True)
    assert (made.team, made.data["scopes"]) == (team, ["read", "spend", "submit"])
    place = agent.post(f"/api/v1/projects/{paid.pk}/jobs", JOB, format="json")["Location"]
    agent.post(f"{place}:cancel")
    trail = AuditEvent.objects.get(action="job.cancel")
    assert trail.token == ApiToken.objects.get(name="agent")
