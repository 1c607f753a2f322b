"""Budgets on their page: who sees them, who sets which, and the notices that lead there."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import Role, User
from qtwin.jobs.models import Job, State
from qtwin.jobs.models.job import APPROVAL
from qtwin.projects.models import Budget, DailyLimit, Period, Project, Unit
from qtwin.projects.services import budget_set, budget_settle, project_member_set

FORM = {"whose": "project", "unit": "usd", "period": "total", "limit": "12.5", "per_job": "2"}


def put(client: Client, project: Project, verb: str = "budgets:set", **fields: str) -> Any:
    return client.post(f"/projects/{project.pk}/{verb}", {**FORM, **fields})


def test_a_manager_sets_budgets_of_the_project_the_team_and_a_person(
    signed_in: Client, project: Project, user: User
) -> None:
    assert put(signed_in, project).status_code == 302
    budget = Budget.objects.get(project=project)
    assert (budget.limit, budget.per_job) == (12_500_000, 2_000_000)
    assert put(signed_in, project, limit="20", per_job="").status_code == 302
    budget.refresh_from_db()
    assert (budget.limit, budget.per_job) == (20_000_000, None)
    put(signed_in, project, whose="team", unit="shots", period="day", limit="5000")
    put(signed_in, project, whose=f"user:{user.email}", unit="qpu_seconds", limit="60")
    assert DailyLimit.objects.get(team=project.team, user=None).unit == Unit.SHOTS
    assert Budget.objects.get(user=user).limit == 60_000_000
    page = signed_in.get(f"/projects/{project.pk}/budgets").content.decode()
    for text in ("20.00 USD free", "The team", "You", "60.00 QPU s free"):
        assert text in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": "much"},
        {"limit": "-1"},
        {"limit": ""},
        {"per_job": "x"},
        {"whose": "token"},
        {"whose": "user:nobody@example.org"},
        {"unit": "x"},
        {"period": "week"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    signed_in: Client, project: Project, wrong: dict[str, str]
) -> None:
    answer = put(signed_in, project, **wrong)
    assert (answer.status_code, b'role="alert"' in answer.content) == (400, True)
    assert b'value="2"' in answer.content or "per_job" in wrong
    assert not Budget.objects.exists()


def test_who_does_not_manage_sees_budgets_and_sets_none(
    client: Client, project: Project, user: User, viewer: User
) -> None:
    client.force_login(viewer)
    page = client.get(f"/projects/{project.pk}/budgets").content.decode()
    assert "Owners and admins set budgets" in page
    assert "<form class" not in page.split("<main")[1]
    for verb in ("budgets:set", "spending:set"):
        assert put(client, project, verb).status_code == 404
    project_member_set(project=project, user=viewer, role=Role.ADMIN, by=user)
    assert put(client, project).status_code == 302  # of this project alone, none of the others'
    assert put(client, project, whose="team").status_code == 404
    assert put(client, project, "spending:set", approval_above="1").status_code == 404
    assert Budget.objects.count() == 1


def test_an_owner_says_whether_paid_sources_may_run(signed_in: Client, project: Project) -> None:
    sent = {"paid_sources": "on", "approval_above": "2.5"}
    assert put(signed_in, project, "spending:set", **sent).status_code == 302
    project.refresh_from_db()
    assert (project.paid_sources, project.approval_above) == (True, 2_500_000)
    assert put(signed_in, project, "spending:set", approval_above="x").status_code == 400
    assert put(signed_in, project, "spending:set", approval_above="0").status_code == 302
    project.refresh_from_db()
    assert (project.paid_sources, project.approval_above) == (False, 0)


def test_notices_lead_to_where_they_are_settled(
    signed_in: Client, project: Project, user: User, job: Job
) -> None:
    place: dict[str, Any] = {"scope": project, "unit": Unit.MONEY, "period": Period.TOTAL}
    budget_set(**place, limit=1_000_000, per_job=None, by=user)
    spent = {Unit.MONEY: 1_500_000}
    budget_settle(project=project, user=user, job_id=new_id(), amounts=spent)
    Job.objects.filter(pk=job.pk).update(
        state=State.HOLD, reason_code=APPROVAL, estimated_cost=3_000_000
    )
    page = " ".join(signed_in.get(f"/projects/{project.pk}").content.decode().split())
    notices = page.split('id="budget-notices"')[1].split("<twin-chart")[0]
    assert f'<a href="/projects/{project.pk}/budgets">raises it</a>' in notices
    assert "1 job waits for an approver" in notices
    assert f'<a href="/jobs/{job.pk}">' in notices
    assert "at most 3.00 USD" in notices
