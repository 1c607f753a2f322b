"""What a job would take, asked before it is submitted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from backends import registry
from qtwin.accounts.models import CredentialTest, Scope, Team, User
from qtwin.accounts.services import credential_add
from qtwin.jobs.models import Job
from qtwin.projects.models import Budget, LedgerEntry, Project
from qtwin.projects.services import source_create
from tests.vendors.braket.keys import SECRET

JOB = {"source": "qpu", "points": [0.7, 0.8], "shots": 100}
BUDGET = {"scope": "project", "unit": "usd", "period": "day", "limit": 1.5}


@pytest.fixture
def owner(user: User, client_of: Callable[..., APIClient]) -> APIClient:
    return client_of(user, *Scope)


@pytest.fixture
def paid(project: Project, user: User, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a project with a source that costs 0.30 USD a point."""
    monkeypatch.setitem(registry.BUILTIN, "paid", "tests.paid_vendor:PaidBackend")
    source_create(project=project, name="qpu", role="device", backend="paid", method="vqe", by=user)
    return f"/api/v1/projects/{project.pk}"


def test_it_says_the_cost_and_leaves_nothing_behind(paid: str, owner: APIClient) -> None:
    owner.patch(f"{paid}/spending", {"paid_sources": True, "approval_above": 1}, format="json")
    owner.put(f"{paid}/budgets", BUDGET, format="json")
    days = Budget.objects.count()
    told = owner.post(f"{paid}/estimate", JOB, format="json")
    assert told.status_code == 200, told.content
    found = told.json()
    assert (found["points"], found["points_known"], found["cost_usd"]) == (2, 0, 0.6)
    assert (found["refused"], found["approval"]) == (None, "")
    assert found["seconds_range"] == [found["seconds"] / 2, found["seconds"] * 2]
    assert (Job.objects.count(), LedgerEntry.objects.count(), Budget.objects.count()) == (
        0,
        0,
        days,
    )
    job = owner.post(f"{paid}/jobs", JOB, format="json").json()
    assert (job["estimated_cost_usd"], job["state"]) == (0.6, "queued")


def test_it_says_what_would_refuse_the_job_and_who_must_agree(paid: str, owner: APIClient) -> None:
    off = owner.post(f"{paid}/estimate", JOB, format="json").json()
    assert (off["cost_usd"], off["refused"]["code"]) == (0.6, "paid_sources_off")
    owner.patch(f"{paid}/spending", {"paid_sources": True, "approval_above": 1}, format="json")
    assert (
        owner.post(f"{paid}/estimate", JOB, format="json").json()["refused"]["code"] == "no_budget"
    )
    owner.put(f"{paid}/budgets", BUDGET, format="json")
    dear = owner.post(f"{paid}/estimate", JOB | {"points": [0.5, 0.6, 0.7, 0.8]}, format="json")
    assert "1.20 USD" in dear.json()["approval"]
    assert dear.json()["refused"] is None
    more = JOB | {"points": [0.4, 0.5, 0.6, 0.7, 0.8, 0.9]}
    refused = owner.post(f"{paid}/estimate", more, format="json").json()["refused"]
    answer = owner.post(f"{paid}/jobs", more, format="json")
    assert answer.status_code == 403
    assert (refused["code"], refused["facts"]["left"]) == ("budget_exceeded", 1.5)
    assert refused["detail"] == answer.json()["detail"]


def test_what_is_known_costs_nothing(
    api: APIClient, project: Project, submit: Callable[..., Job], work: Callable[[], None]
) -> None:
    submit(source="hf", points=[0.7, 0.9])
    work()
    body = {"source": "hf", "points": [0.7, 0.8, 0.9]}
    found = api.post(f"/api/v1/projects/{project.pk}/estimate", body, format="json").json()
    assert (found["points"], found["points_known"], found["runs"]) == (3, 2, 1)
    known = body | {"points": [0.9, 0.7]}
    found = api.post(f"/api/v1/projects/{project.pk}/estimate", known, format="json").json()
    assert (found["points_known"], found["runs"], found["seconds"]) == (2, 0, 0.0)


def test_bad_input_is_refused_as_a_submission_is(api: APIClient, project: Project) -> None:
    unknown, outside = {"source": "none", "points": [0.7]}, {"source": "hf", "points": [99.0]}
    bodies: list[Any] = [unknown, outside, {}, []]
    for body in bodies:
        answers = [
            api.post(f"/api/v1/projects/{project.pk}/{route}", body, format="json")
            for route in ("estimate", "jobs")
        ]
        assert [answer.status_code for answer in answers] == [400, 400], body
        one, other = (answer.json().get("errors") for answer in answers)
        assert one == other or body == []


def test_it_says_how_the_device_stood_when_the_team_last_looked(
    project: Project, team: Team, owner: APIClient, user: User
) -> None:
    device = "iqm/Garnet"
    source_create(
        project=project,
        name="garnet",
        role="device",
        backend="braket",
        method="vqe",
        settings={"device": device},
        by=user,
    )
    path = f"/api/v1/projects/{project.pk}/estimate"
    body = {"source": "garnet", "points": [0.7], "shots": 100}
    assert owner.post(path, body, format="json").json()["queue"] is None
    credential = credential_add(team=team, vendor="braket", label="lab", secret=SECRET, by=None)
    seen = [
        {"backend": "aquila", "name": device, "state": "offline", "queue": 1},
        {"backend": "braket", "name": device, "state": "online", "queue": 17},
    ]
    test = CredentialTest.objects.create(credential=credential, asked_by=user)
    CredentialTest.objects.filter(pk=test.pk).update(
        outcome=CredentialTest.Outcome.ACCEPTED, devices=seen, finished_at=timezone.now()
    )
    queue = owner.post(path, body, format="json").json()["queue"]
    assert (queue["device"], queue["state"], queue["jobs"]) == (device, "online", 17)
