"""Jobs that cost money: off by default, reserved at submission, settled or released at the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qtwin.accounts.models import AuditEvent, User
from qtwin.jobs.models import Event, Job, State
from qtwin.jobs.services import job_cancel
from qtwin.projects.models import Budget, LedgerEntry, Project, Unit
from qtwin.projects.refusal import BudgetExceeded, SpendingRefused
from qtwin.projects.selectors import budgets_unbalanced
from tests import memory_vendor
from tests.memory_vendor import PRICE, Vendor
from tests.unit.jobs.spending.purse import USD, columns, finish, grant
from tests.unit.jobs.stepping import take_steps

pytestmark = pytest.mark.django_db


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
