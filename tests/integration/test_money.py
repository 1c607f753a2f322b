"""Money over HTTP: budgets, refusals that name them, approval, the kill switch, and who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from backends import registry
from qtwin.accounts.models import Role, Scope, User
from qtwin.accounts.services import membership_set
from qtwin.jobs.models import Job
from qtwin.jobs.selectors import jobs_due
from qtwin.projects.models import BackendStop, Project
from qtwin.projects.services import source_create
from tests import memory_vendor

ALL = [Scope.READ, Scope.SUBMIT, Scope.SPEND, Scope.ADMIN]
BUDGET = {"scope": "project", "unit": "usd", "period": "total", "limit": 1.5}
JOB = {"source": "qpu", "points": [0.7, 0.8], "shots": 100}


@pytest.fixture
def paid(project: Project, user: User, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a project with a source that costs 0.30 USD a point."""
    monkeypatch.setitem(registry.BUILTIN, "paid", "tests.paid_vendor:PaidBackend")
    memory_vendor.reset()
    source_create(project=project, name="qpu", role="device", backend="paid", method="vqe", by=user)
    return f"/api/v1/projects/{project.pk}"


@pytest.fixture
def owner(user: User, client_of: Callable[..., APIClient]) -> APIClient:
    return client_of(user, *ALL)


@pytest.fixture
def operator(project: Project, client_of: Callable[..., APIClient]) -> APIClient:
    user = User.objects.create_user("olaf@example.org", "Olaf")
    membership_set(team=project.team, user=user, role=Role.OPERATOR, by=None)
    return client_of(user, *ALL)


@pytest.fixture
def open_purse(paid: str, owner: APIClient) -> str:
    rule = {"paid_sources": True, "approval_above": 1}
    assert owner.patch(f"{paid}/spending", rule, format="json").json() == rule
    assert owner.put(f"{paid}/budgets", BUDGET, format="json").status_code == 200
    return paid


def test_a_refused_job_names_the_budget_what_is_left_and_what_was_asked(
    open_purse: str, owner: APIClient
) -> None:
    assert owner.post(f"{open_purse}/jobs", JOB, format="json").status_code == 202
    more = {**JOB, "points": [0.5, 0.6, 0.7, 0.8]}
    response = owner.post(f"{open_purse}/jobs", more, format="json")
    problem = response.json()
    assert (response.status_code, problem["type"]) == (403, "urn:qtwin:problem:budget_exceeded")
    assert (problem["left"], problem["asked"], problem["scope"]) == (0.9, 1.2, "project")
    assert "1.20 USD" in problem["detail"]
    (budget,) = owner.get(f"{open_purse}/budgets").json()["results"]
    assert problem["budget"] == budget["id"]
    assert (budget["limit"], budget["reserved"], budget["left"]) == (1.5, 0.6, 0.9)
    many = owner.post(f"{open_purse}/jobs", {"jobs": [JOB, more]}, format="json")
    assert (many.status_code, len(many.json()["inserted"])) == (207, 1)
    assert "1.20 USD" in many.json()["errors"][0]["detail"]


def test_the_ledger_has_pages(open_purse: str, owner: APIClient) -> None:
    for _ in range(2):
        owner.post(f"{open_purse}/jobs", JOB, format="json")
    owner.post(f"/api/v1/jobs/{Job.objects.latest('created_at').pk}:cancel")
    page = owner.get(f"{open_purse}/ledger?limit=2").json()
    rest = owner.get(page["next"]).json()
    rows = page["results"] + rest["results"]
    assert [row["kind"] for row in rows] == ["release", "reserve", "reserve"]
    assert {row["amount"] for row in rows} == {0.6}
    assert owner.get(f"{open_purse}/ledger?budget={rows[0]['budget']}").json()["results"]
    assert owner.get(f"{open_purse}/ledger?budget=x").status_code == 400


def test_paid_sources_are_off_and_a_token_needs_the_right_to_spend(
    paid: str, owner: APIClient, api: APIClient
) -> None:
    off = owner.post(f"{paid}/jobs", JOB, format="json")
    assert (off.status_code, off.json()["type"]) == (403, "urn:qtwin:problem:paid_sources_off")
    owner.patch(f"{paid}/spending", {"paid_sources": True}, format="json")
    weak = api.post(f"{paid}/jobs", JOB, format="json")
    assert (weak.status_code, weak.json()["type"]) == (403, "urn:qtwin:problem:scope")
    sweep = {"sources": [{"source": JOB["source"], "shots": JOB["shots"]}], "points": [0.7]}
    campaign = {"name": "x", "sweep": sweep}
    assert api.post(f"{paid}/campaigns", campaign, format="json").status_code == 403


def test_a_retry_spends_like_a_new_job(open_purse: str, owner: APIClient, api: APIClient) -> None:
    place = owner.post(f"{open_purse}/jobs", JOB, format="json")["Location"]
    owner.post(f"{place}:cancel")
    assert api.post(f"{place}:retry").status_code == 403
    body = {**BUDGET, "limit": 0.5}
    owner.put(f"{open_purse}/budgets", body, format="json")
    refused = owner.post(f"{place}:retry")
    assert (refused.status_code, refused.json()["left"]) == (403, 0.5)
    owner.put(f"{open_purse}/budgets", BUDGET, format="json")
    assert owner.post(f"{place}:retry").status_code == 202


def test_a_job_above_the_threshold_is_approved_by_an_approver_only(
    open_purse: str, owner: APIClient, api: APIClient, operator: APIClient
) -> None:
    body = {**JOB, "points": [0.5, 0.6, 0.7, 0.8]}
    place = operator.post(f"{open_purse}/jobs", body, format="json")["Location"]
    assert operator.get(place).json()["state"] == "held"
    typed = {"confirm": "1.20 USD"}
    assert operator.post(f"{place}:approve", typed, format="json").status_code == 404
    assert api.post(f"{place}:approve", typed, format="json").status_code == 403
    wrong = owner.post(f"{place}:approve", {"confirm": "yes"}, format="json")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "/confirm")
    assert owner.post(f"{place}:approve", typed, format="json").json()["state"] == "queued"
    assert owner.post(f"{place}:approve", typed, format="json").status_code == 409


def test_an_approver_is_told_who_else_may_approve_their_job(
    open_purse: str, owner: APIClient, operator: APIClient, project: Project
) -> None:
    project.team.memberships.filter(user__name="Olaf").update(may_approve=True)
    body = {**JOB, "points": [0.5, 0.6, 0.7, 0.8]}
    place = owner.post(f"{open_purse}/jobs", body, format="json")["Location"]
    typed = {"confirm": "1.20 USD"}
    refused = owner.post(f"{place}:approve", typed, format="json")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:qtwin:problem:own_job")
    assert "Olaf" in refused.json()["detail"]
    assert operator.post(f"{place}:approve", typed, format="json").status_code == 200


def test_daily_and_personal_budgets_are_set_and_shown_before_anything_is_spent(
    paid: str, owner: APIClient, operator: APIClient
) -> None:
    for body in (
        {"scope": "team", "unit": "shots", "period": "day", "limit": 5000, "per_job": 1000},
        {"scope": "user", "user": "olaf@example.org", "unit": "qpu_seconds", "period": "total"}
        | {"limit": 0.5},
    ):
        assert owner.put(f"{paid}/budgets", body, format="json").status_code == 200
    rows = {row["scope"]: row for row in operator.get(f"{paid}/budgets").json()["results"]}
    assert (rows["team"]["limit"], rows["team"]["per_job"]) == (5000, 1000)
    assert rows["team"]["day"] is not None
    assert (rows["user"]["user"], rows["user"]["left"]) == ("olaf@example.org", 0.5)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"limit": -1}, "/limit"),
        ({"limit": "1"}, "/limit"),
        ({"limit": 1e-7}, "/limit"),
        ({"limit": True}, "/limit"),
        ({"scope": "user"}, "/user"),
        ({"scope": "user", "user": "eve@example.org"}, "/user"),
        ({"unit": "eur"}, "/unit"),
        ({"spent": 0}, "/spent"),
    ],
)
def test_a_wrong_budget_is_refused_by_field(
    paid: str, owner: APIClient, stranger: User, wrong: dict[str, Any], pointer: str
) -> None:
    response = owner.put(f"{paid}/budgets", {**BUDGET, **wrong}, format="json")
    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("who", ["operator", "viewer", "stranger", "weak token"])
def test_only_those_who_may_set_budgets_and_rules(
    paid: str,
    who: str,
    request: pytest.FixtureRequest,
    client_of: Callable[..., APIClient],
    api: APIClient,
) -> None:
    if who == "weak token":
        client, status = api, 403
    elif who == "operator":
        client, status = request.getfixturevalue(who), 404
    else:
        client, status = client_of(request.getfixturevalue(who), *ALL), 404
    rule = {"paid_sources": True}
    assert client.put(f"{paid}/budgets", BUDGET, format="json").status_code == status
    assert client.patch(f"{paid}/spending", rule, format="json").status_code == status
    seen = 404 if who == "stranger" else 200
    for page in ("budgets", "ledger", "spending"):
        assert client.get(f"{paid}/{page}").status_code == seen


def test_an_admin_sets_budgets_but_does_not_turn_paid_sources_on(
    paid: str, project: Project, client_of: Callable[..., APIClient]
) -> None:
    user = User.objects.create_user("ann@example.org", "Ann")
    membership_set(team=project.team, user=user, role=Role.ADMIN, by=None)
    client = client_of(user, *ALL)
    assert client.put(f"{paid}/budgets", BUDGET, format="json").status_code == 200
    rule = {"paid_sources": True}
    assert client.patch(f"{paid}/spending", rule, format="json").status_code == 404


def test_the_kill_switch_makes_jobs_wait_until_it_is_undone(paid: str, owner: APIClient) -> None:
    place = owner.post(f"{paid}/jobs", {"source": "fci", "points": [0.7]}, format="json")[
        "Location"
    ]
    assert owner.post("/api/v1/backends/nope:stop", {}, format="json").status_code == 404
    stop = owner.post("/api/v1/backends/pyscf:stop", {"why": "tired"}, format="json")
    assert stop.status_code == 204
    assert jobs_due(9) == []
    shown = owner.get(place).json()
    assert (shown["state"], shown["reason_code"]) == ("queued", "backend_stopped")
    rows = {row["name"]: row for row in owner.get("/api/v1/backends").json()["results"]}
    assert (rows["pyscf"]["stopped"], rows["aer"]["stopped"]) == (["tired"], [])
    assert owner.post("/api/v1/backends/pyscf:start", {}, format="json").status_code == 204
    assert len(jobs_due(9)) == 1


def test_the_kill_switch_is_for_managers_and_their_own_team(
    project: Project,
    operator: APIClient,
    stranger: User,
    client_of: Callable[..., APIClient],
) -> None:
    body = {"team": str(project.team_id)}
    for client in (operator, client_of(stranger, *ALL)):
        response = client.post("/api/v1/backends/pyscf:stop", body, format="json")
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/team")
    assert not BackendStop.objects.exists()


def test_an_operator_of_the_platform_stops_a_backend_for_every_team(
    paid: str, owner: APIClient
) -> None:
    owner.post(f"{paid}/jobs", {"source": "fci", "points": [0.7]}, format="json")
    call_command("backend_switch", "pyscf", "--why", "it answers nonsense")
    assert jobs_due(9) == []
    call_command("backend_switch", "pyscf", "--start")
    assert len(jobs_due(9)) == 1
