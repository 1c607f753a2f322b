"""Jobs that cost money: off by default, reserved at submission, settled or released at the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from backends import registry
from qtwin.accounts.models import AuditEvent, User
from qtwin.jobs.models import Event, Job, State
from qtwin.jobs.selectors import jobs_due, jobs_visible_to
from qtwin.jobs.services import JobSpec, claim, job_approve, job_cancel, job_submit
from qtwin.jobs.services.approve import NotConfirmed
from qtwin.jobs.services.hold import NotPossible, job_release
from qtwin.jobs.waiting import job_waiting
from qtwin.projects.models import Budget, LedgerEntry, Period, Project, Unit
from qtwin.projects.refusal import BudgetExceeded, SpendingRefused
from qtwin.projects.selectors import budgets_unbalanced
from qtwin.projects.services import (
    backend_start,
    backend_stop,
    budget_set,
    source_create,
    spending_rule_set,
)
from tests import memory_vendor
from tests.memory_vendor import PRICE, Vendor
from tests.unit.jobs.stepping import take_steps

pytestmark = pytest.mark.django_db

USD = 1_000_000


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Vendor:
    monkeypatch.setitem(registry.BUILTIN, "paid", "tests.paid_vendor:PaidBackend")
    return memory_vendor.reset()


@pytest.fixture
def budget(project: Project, user: User) -> Budget:
    """Paid sources are on, and there are 3 USD."""
    spending_rule_set(project=project, by=user, paid_sources=True)
    granted: Budget = grant(project, Unit.MONEY, 3 * USD)
    return granted


def grant(project: Project, unit: Unit, limit: int) -> Any:
    return budget_set(
        scope=project, unit=unit, period=Period.TOTAL, limit=limit, per_job=None, by=None
    )


@pytest.fixture
def submit(vendor: Vendor, project: Project, user: User) -> Callable[..., Job]:
    source = source_create(
        project=project, name="qpu", role="device", backend="paid", method="vqe", by=user
    )

    def run(points: int = 2, **more: Any) -> Job:
        rows = [[0.5 + 0.1 * row] for row in range(points)]
        spec = JobSpec(source=source, points=rows, shots=100)
        return job_submit(project=project, spec=spec, by=user, **more)

    return run


def finish(job: Job) -> Job:
    """Take all steps of a job that wait for nobody."""
    return take_steps(job, 8)


def columns(budget: Budget) -> tuple[int, int]:
    budget.refresh_from_db()
    return budget.reserved, budget.spent


@pytest.mark.usefixtures("vendor")
def test_paid_sources_are_off_until_an_owner_turns_them_on(
    project: Project, submit: Callable[..., Job]
) -> None:
    grant(project, Unit.MONEY, 3 * USD)
    with pytest.raises(SpendingRefused, match="paid sources are off"):
        submit()
    assert not Job.objects.exists()


def test_a_job_reserves_in_all_units_and_says_by_which_prices(
    project: Project, budget: Budget, submit: Callable[..., Job]
) -> None:
    others = [grant(project, unit, 1_000 * USD) for unit in (Unit.QPU_SECONDS, Unit.SHOTS)]
    job = submit(2)
    assert columns(budget) == (2 * PRICE, 0)
    assert [columns(other)[0] for other in others] == [5 * USD, 200 * USD]
    assert (job.estimated_cost, job.estimated_shots) == (2 * PRICE, 200)
    assert job.prices == "memory 2026-01-01"
    assert AuditEvent.objects.get(action="job.reserve").data["usd"] == 2 * PRICE


def test_a_job_that_no_budget_grants_is_not_recorded(
    budget: Budget, submit: Callable[..., Job]
) -> None:
    with pytest.raises(BudgetExceeded, match=r"3\.30 USD.*3\.00 USD left of 3\.00 USD"):
        submit(11)
    assert not Job.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_a_token_without_the_right_to_spend_is_refused(
    budget: Budget, submit: Callable[..., Job]
) -> None:
    with pytest.raises(SpendingRefused, match="scope spend"):
        submit(may_spend=False)


def test_a_cancelled_job_gives_back_what_it_reserved(
    budget: Budget, submit: Callable[..., Job], user: User
) -> None:
    job = job_cancel(job=submit(), by=user)
    assert (job.state, columns(budget)) == (State.CANCELLED, (0, 0))
    assert not budgets_unbalanced().exists()


def test_a_job_that_the_vendor_refuses_gives_it_back_too(
    budget: Budget, submit: Callable[..., Job], vendor: Vendor
) -> None:
    vendor.fates = ["rejected"]
    assert finish(submit()).state == State.FAILED
    assert columns(budget) == (0, 0)


def test_a_job_that_ran_settles_the_vendors_bill_once(
    project: Project, budget: Budget, submit: Callable[..., Job], vendor: Vendor
) -> None:
    shots = grant(project, Unit.SHOTS, 1_000 * USD)
    job = submit()
    take_steps(job, 2)
    for run in vendor.runs.values():
        run.word = "COMPLETED"
    assert finish(job).state == State.DONE
    assert columns(budget) == (0, vendor.bill)
    assert columns(shots) == (0, 200 * USD)
    settled = LedgerEntry.objects.filter(job_id=job.pk, kind="settle", budget=budget)
    assert settled.count() == 1
    assert not budgets_unbalanced().exists()


def test_a_bill_above_the_budget_lands_and_tells_the_project(
    budget: Budget,
    submit: Callable[..., Job],
    vendor: Vendor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = submit()
    take_steps(job, 2)
    monkeypatch.setattr(memory_vendor, "PRICE", 4 * USD)
    for run in vendor.runs.values():
        run.word = "COMPLETED"
    assert finish(job).state == State.DONE
    assert columns(budget) == (0, 4 * USD)
    event = Event.objects.get(kind="budget.overdrawn")
    assert (event.job_id, event.data["left_micro"]) == (job.pk, -1 * USD)
    with pytest.raises(BudgetExceeded):
        submit(1)


def test_a_job_above_the_threshold_waits_for_an_approver_who_types_the_amount(
    project: Project, budget: Budget, submit: Callable[..., Job], user: User
) -> None:
    spending_rule_set(project=project, by=user, approval_above=2 * PRICE - 1)
    job = submit()
    assert (job.state, job.reason_code) == (State.HOLD, "approval")
    assert "'0.60 USD'" in job_waiting(job).next_step
    assert columns(budget) == (2 * PRICE, 0)
    assert claim(job.pk, owner="x", lease_s=5) is None
    with pytest.raises(NotPossible, match="waits for approval"):
        job_release(job=job, by=user)
    with pytest.raises(NotConfirmed, match=r"type '0\.60 USD'"):
        job_approve(job=job, confirm="yes", by=user)
    assert job_approve(job=job, confirm="0.60 USD", by=user).state == State.QUEUED
    with pytest.raises(NotPossible):
        job_approve(job=job, confirm="0.60 USD", by=user)
    assert jobs_due(9) == [job.pk]
    assert AuditEvent.objects.filter(action="job.approve").count() == 1


def test_a_job_that_waits_for_approval_can_be_cancelled(
    project: Project, budget: Budget, submit: Callable[..., Job], user: User
) -> None:
    spending_rule_set(project=project, by=user, approval_above=0)
    assert job_cancel(job=submit(), by=user).state == State.CANCELLED
    assert columns(budget) == (0, 0)


@pytest.mark.parametrize("for_all", [True, False])
def test_jobs_of_a_stopped_backend_wait_and_say_so(
    project: Project, budget: Budget, submit: Callable[..., Job], user: User, for_all: bool
) -> None:
    team = None if for_all else project.team
    running, waiting = submit(1), submit(1)
    take_steps(running, 1)
    backend_stop(backend="paid", team=team, why="the price went up", by=user)
    assert claim(waiting.pk, owner="x", lease_s=5) is None
    Job.objects.update(next_run_at=timezone.now() - timedelta(seconds=1))
    assert jobs_due(9) == [running.pk]
    shown = jobs_visible_to(user).get(pk=waiting.pk)
    for job in (waiting, shown):
        reason = job_waiting(job)
        assert reason.code == "backend_stopped"
        assert "the price went up" in reason.sentence
    assert job_cancel(job=submit(1), by=user).state == State.CANCELLED
    backend_start(backend="paid", team=team, by=user)
    assert set(jobs_due(9)) == {running.pk, waiting.pk}
    assert claim(waiting.pk, owner="x", lease_s=5) is not None


def test_another_teams_switch_and_another_backend_stop_nothing(
    budget: Budget, submit: Callable[..., Job], user: User, stranger: User
) -> None:
    backend_stop(backend="paid", team=stranger.memberships.get().team, why="", by=stranger)
    backend_stop(backend="aer", team=None, why="", by=None)
    job = submit(1)
    assert jobs_due(9) == [job.pk]


def test_stopping_a_backend_stops_its_mitigated_forms(project: Project, user: User) -> None:
    source = source_create(
        project=project, name="z", role="device", backend="zne+fake-ibm", method="vqe", by=user
    )
    spec = JobSpec(source=source, points=[[0.7]], shots=300)
    job = job_submit(project=project, spec=spec, by=user)
    backend_stop(backend="fake-ibm", team=None, why="", by=None)
    assert jobs_due(9) == []
    backend_start(backend="fake-ibm", team=None, by=None)
    assert jobs_due(9) == [job.pk]
