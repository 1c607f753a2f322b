"""Buttons of the page of a job: who has which, and what they do."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from backends import registry
from qtwin.accounts.models import Role, User
from qtwin.accounts.services import membership_set
from qtwin.jobs.models import Job, State
from qtwin.jobs.services import JobSpec, job_hold, job_submit
from qtwin.projects.models import Period, Project, Unit
from qtwin.projects.services import budget_set, source_create, spending_rule_set
from tests import memory_vendor
from tests.memory_vendor import Vendor
from tests.unit.jobs.stepping import take_steps

USD = 1_000_000


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Vendor:
    monkeypatch.setitem(registry.BUILTIN, "paid", "tests.paid_vendor:PaidBackend")
    return memory_vendor.reset()


@pytest.fixture
def paid_job(vendor: Vendor, project: Project, user: User) -> Job:
    """Of 0.60 USD, where more than 0.50 USD needs an approver."""
    spending_rule_set(project=project, by=user, paid_sources=True, approval_above=USD // 2)
    budget_set(
        scope=project,
        unit=Unit.MONEY,
        period=Period.TOTAL,
        limit=3 * USD,
        per_job=None,
        by=None,
    )
    source = source_create(
        project=project, name="qpu", role="device", backend="paid", method="vqe", by=user
    )
    spec = JobSpec(source=source, points=[[0.7], [0.8]], shots=100)
    return job_submit(project=project, spec=spec, by=user)


@pytest.fixture
def operator(project: Project) -> User:
    """Who may run jobs, and may not approve what they cost."""
    user = User.objects.create_user("olaf@example.org", "Olaf")
    membership_set(team=project.team, user=user, role=Role.OPERATOR, by=None)
    return user


def buttons(client: Client, job: Job) -> list[str]:
    body = client.get(f"/jobs/{job.pk}").content.decode()
    return re.findall(rf'action="/jobs/{job.pk}:([a-z]+)"', body)


def press(client: Client, job: Job, verb: str, **fields: str) -> tuple[int, str]:
    """The status and the page that the browser ends on."""
    response = client.post(f"/jobs/{job.pk}:{verb}", fields, follow=True)
    job.refresh_from_db()
    return response.status_code, response.content.decode()


def test_a_job_is_held_released_cancelled_and_retried(signed_in: Client, job: Job) -> None:
    assert buttons(signed_in, job) == ["hold", "cancel"]
    assert "Held by a person." in press(signed_in, job, "hold")[1]
    assert buttons(signed_in, job) == ["release", "cancel"]
    press(signed_in, job, "release")
    assert job.state == State.QUEUED
    press(signed_in, job, "cancel")
    assert buttons(signed_in, job) == ["retry"]
    _, page = press(signed_in, job, "retry")
    new = Job.objects.get(retry_of=job)
    assert f"/api/v1/jobs/{new.pk}/identity" in page
    assert f'href="/jobs/{job.pk}"' in page


def test_a_button_of_a_page_that_is_out_of_date_says_why_nothing_was_done(
    signed_in: Client, job: Job
) -> None:
    take_steps(job)
    assert buttons(signed_in, job) == []
    status, page = press(signed_in, job, "cancel")
    assert status == 409
    assert "The job is succeeded now: you cannot cancel it." in page
    assert signed_in.post(f"/jobs/{job.pk}:explode").status_code == 404


def test_an_approver_types_the_amount(signed_in: Client, paid_job: Job) -> None:
    assert buttons(signed_in, paid_job) == ["cancel", "approve"]
    status, page = press(signed_in, paid_job, "approve", typed="yes")
    assert (status, paid_job.state) == (409, State.HOLD)
    assert "to approve it, type &#x27;0.60 USD&#x27;" in page
    assert "at most 0.60 USD, 5.00 QPU s, 200 shots" in page
    _, page = press(signed_in, paid_job, "approve", typed="0.60 USD")
    assert paid_job.state == State.QUEUED
    assert "Approved: at most 0.60 USD" in page


def test_only_an_approver_is_asked_to_approve(
    client: Client, operator: User, paid_job: Job
) -> None:
    client.force_login(operator)
    assert buttons(client, paid_job) == ["cancel"]
    assert client.post(f"/jobs/{paid_job.pk}:approve").status_code == 404
    assert press(client, paid_job, "release")[0] == 409
    assert paid_job.state == State.HOLD


def test_nobody_is_asked_to_approve_a_job_of_their_own_while_somebody_else_may(
    signed_in: Client, operator: User, paid_job: Job, user: User
) -> None:
    paid_job.project.team.memberships.filter(user=operator).update(may_approve=True)
    assert buttons(signed_in, paid_job) == ["cancel"]
    assert press(signed_in, paid_job, "approve", typed="0.60 USD")[0] == 409
    signed_in.force_login(operator)
    assert buttons(signed_in, paid_job) == ["cancel", "approve"]
    press(signed_in, paid_job, "approve", typed="0.60 USD")
    assert paid_job.state == State.QUEUED


def test_what_a_vendor_may_have_run_is_released_by_its_id_only(
    signed_in: Client, paid_job: Job, vendor: Vendor, user: User, operator: User
) -> None:
    press(signed_in, paid_job, "approve", typed="0.60 USD")
    vendor.fates = ["lost_after", "rejected"]
    assert take_steps(paid_job, 2).state == State.HOLD
    signed_in.force_login(operator)
    assert buttons(signed_in, paid_job) == ["cancel"]
    assert press(signed_in, paid_job, "release", typed=str(paid_job.pk))[0] == 409
    signed_in.force_login(user)
    assert buttons(signed_in, paid_job) == ["cancel", "release"]
    assert press(signed_in, paid_job, "release", typed="yes")[0] == 409
    assert paid_job.release_requested_at is None
    status, page = press(signed_in, paid_job, "release", typed=str(paid_job.pk))
    assert status == 200
    assert paid_job.release_requested_at is not None
    assert "Release asked for" in page


def test_a_viewer_has_no_button(client: Client, viewer: User, job: Job, user: User) -> None:
    job_hold(job=job, why="", by=user)
    client.force_login(viewer)
    assert buttons(client, job) == []
    for verb in ("hold", "release", "retry", "cancel", "approve"):
        assert client.post(f"/jobs/{job.pk}:{verb}").status_code == 404, verb
