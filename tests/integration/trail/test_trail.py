"""Requests that agents send leave rows: reads, refusals, and what belongs to somebody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from qtwin.accounts.models import ApiToken, AuditEvent, Scope, Team, User
from qtwin.accounts.services import team_create
from qtwin.jobs.models import Job
from qtwin.projects.demo.h2 import SYSTEM
from qtwin.projects.models import Project
from qtwin.projects.services import project_create, token_issue
from qtwin.trail.place import OF_A_PROJECT, place_of
from tests import trained
from tests.integration.access.routes import routes

TOOL: dict[str, Any] = {"HTTP_QTWIN_AGENT": "mcp/read_twin"}


def rows() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action="agent.call").order_by("pk"))


def row() -> AuditEvent:
    (one,) = rows()
    return one


def test_a_read_leaves_tool_project_team_and_outcome(
    api: APIClient, project: Project, team: Team, user: User
) -> None:
    path = f"/api/v1/projects/{project.pk}/sources"
    assert api.get(path, **TOOL).status_code == 200
    assert (row().team, row().user, row().target) == (team, user, f"project:{project.pk}")
    assert row().data == {
        "tool": "mcp/read_twin",
        "method": "GET",
        "path": path,
        "status": 200,
        "outcome": "answered",
        "project": str(project.pk),
    }


def test_a_person_s_own_program_leaves_none(api: APIClient, project: Project) -> None:
    assert api.get(f"/api/v1/projects/{project.pk}").status_code == 200
    assert rows() == []


@pytest.fixture
def agent(project: Project, user: User) -> APIClient:
    """A client with an agent's token that is bound to the project, and says nothing of a tool."""
    scopes = [Scope.READ, Scope.SUBMIT]
    _, token = token_issue(user=user, name="bot", scopes=scopes, agent=True, projects=[project])
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def test_an_agent_s_token_leaves_rows_whatever_sends_its_requests(
    agent: APIClient, project: Project, team: Team
) -> None:
    base = f"/api/v1/projects/{project.pk}"
    asked = {"source": "hf", "points": [0.7]}
    answers = [
        agent.get(f"{base}/sources"),
        agent.post(f"{base}/estimate", asked, format="json"),
        agent.post(f"{base}/jobs", asked, format="json"),
        agent.post(f"{base}/jobs", {}, format="json"),
        agent.get("/api/v1/jobs"),
        agent.delete("/api/v1/me/tokens/00000000-0000-0000-0000-000000000000"),
        agent.put(f"{base}/budgets", {}, format="json"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 202, 400, 200, 403, 403]
    assert [one.data["status"] for one in rows()] == [answer.status_code for answer in answers]
    assert {one.team for one in rows()} == {team}
    token = ApiToken.objects.get(agent=True)
    assert {one.token for one in rows()} == {token}
    assert rows()[3].target == f"project:{project.pk}"
    assert "tool" not in rows()[0].data


def test_an_agent_s_token_without_the_scope_leaves_rows(project: Project, user: User) -> None:
    token, text = token_issue(user=user, name="bot", scopes=["read"], agent=True)
    header: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Bearer {text}"}
    path = f"/api/v1/projects/{project.pk}/jobs"
    assert APIClient().post(path, {}, format="json", **header).status_code == 403
    assert (row().token, row().data["outcome"]) == (token, "refused")


def test_a_row_costs_a_few_queries(agent: APIClient, project: Project) -> None:
    path = f"/api/v1/projects/{project.pk}/sources"
    with CaptureQueriesContext(connection) as queries:
        agent.get(path)
    own = [one["sql"] for one in queries if "accounts_auditevent" in one["sql"]]
    assert len(own) == 1
    ApiToken.objects.update(agent=False)
    with CaptureQueriesContext(connection) as before:
        agent.get(path)
    assert len(queries) - len(before) <= 3


def test_what_was_made_is_named(api: APIClient, project: Project) -> None:
    body = {"source": "hf", "points": [0.7]}
    api.post(f"/api/v1/projects/{project.pk}/jobs", body, format="json", **TOOL)
    job = Job.objects.get()
    assert row().data["made"] == f"/api/v1/jobs/{job.pk}"
    AuditEvent.objects.all().delete()
    api.get(f"/api/v1/jobs/{job.pk}", **TOOL)
    assert (row().target, row().data["project"]) == (f"job:{job.pk}", str(project.pk))


def test_refusals_leave_rows_also_for_want_of_a_scope(
    client_of: Callable[..., APIClient], user: User, project: Project
) -> None:
    api = client_of(user, Scope.READ)
    base = f"/api/v1/projects/{project.pk}"
    assert api.post(f"{base}/jobs", {}, format="json", **TOOL).status_code == 403
    assert api.get(f"{base}/twin?what=this", **TOOL).status_code == 400
    assert [one.data["outcome"] for one in rows()] == ["refused", "refused"]
    assert {one.team_id for one in rows()} == {project.team_id}


def test_what_is_another_team_s_is_told_to_one_s_own_alone(
    api: APIClient, team: Team, stranger: User
) -> None:
    theirs = Team.objects.get(memberships__user=stranger)
    secret = project_create(team=theirs, name="theirs", system=SYSTEM, by=stranger)
    assert api.get(f"/api/v1/projects/{secret.pk}", **TOOL).status_code == 404
    assert (row().team, row().data.get("project")) == (team, None)
    assert row().target == f"project:{secret.pk}"


def test_what_is_about_no_team_is_told_to_each_of_one_s_own(
    api: APIClient, team: Team, user: User
) -> None:
    second = team_create(name="second", owner=user)
    AuditEvent.objects.all().delete()
    api.get("/api/v1/projects", **TOOL)
    api.get(f"/api/v1/teams/{second.pk}/members", **TOOL)
    assert [one.team for one in rows()] == [team, second, second]
    assert rows()[-1].target == f"team:{second.pk}"


def test_what_the_agent_s_program_refused_is_told_too(api: APIClient, team: Team) -> None:
    api.get("/api/v1/me", HTTP_QTWIN_AGENT="mcp/submit_job; refused=digest")
    assert row().data["outcome"] == "refused by the agent's program: digest"


@pytest.mark.parametrize("text", ["", "MCP", "mcp/a; refused=", "mcp/" + "a" * 80, "mcp/a\tb"])
def test_a_header_of_another_form_hides_nothing(api: APIClient, team: Team, text: str) -> None:
    api.get("/api/v1/me", HTTP_QTWIN_AGENT=text)
    assert row().data["tool"] == "unreadable"


def test_nothing_is_answered_without_its_row(
    api: APIClient, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(**_: Any) -> None:
        raise ConnectionError("the database is away")

    monkeypatch.setattr("qtwin.trail.middleware.audit_record", gone)
    api.raise_request_exception = False
    answer = api.get("/api/v1/me", **TOOL)
    assert answer.status_code == 500
    assert b"ada@" not in answer.content


def test_every_route_s_address_leads_to_a_team() -> None:
    first = [re.search(r"<uuid:(\w+)>", route.pattern) for route in routes("api/v1/")]
    names = {found[1] for found in first if found}
    own = {"token_id"}
    """Of whoever asks, not of a team."""
    assert names == {"project_id", "team_id", "import_id", *OF_A_PROJECT} | own


def test_what_is_trained_is_told_to_the_team_of_its_world(project: Project, user: User) -> None:
    world = trained.world_of(project, user)
    run = trained.run_of(world, user)
    policy = trained.policy_of(world, run)
    of = {
        "world_id": world,
        "run_id": run,
        "policy_id": policy,
        "evaluation_id": trained.evaluation_of(policy),
        "report_id": trained.report_of(policy),
    }
    for name, thing in of.items():
        place = place_of(user, {name: thing.pk})
        assert (place.teams, place.project) == ([project.team], str(project.pk)), name
        assert place.target == f"{name.removesuffix('_id')}:{thing.pk}"


def test_no_token_no_row(db: None) -> None:
    assert APIClient().get("/api/v1/me", **TOOL).status_code == 401
    bad: dict[str, Any] = {"HTTP_AUTHORIZATION": "Bearer qt_0.x"}
    assert APIClient().get("/api/v1/me", **TOOL, **bad).status_code == 401
    assert rows() == []
