"""A project that spends for another: it has that one's rules, and counts on its budgets."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qtwin.accounts.models import User
from qtwin.jobs.models import Job, State
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Budget, Project, Unit
from qtwin.projects.refusal import BudgetExceeded, SpendingRefused
from qtwin.projects.selectors import budgets_visible_to
from qtwin.projects.services import project_create, source_create, spending_rule_set
from tests.memory_vendor import PRICE, Vendor
from tests.unit.jobs.spending.purse import USD, columns, finish, grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def spend(project: Project, user: User, vendor: Vendor) -> Callable[[], Job]:
    """Buy a point in a project that was made to spend for the first."""

    def run() -> Job:
        made = project_create(
            team=project.team, name="Transfer", system=project.system, by=user, spends_for=project
        )
        source = source_create(
            project=made, name="qpu", role="device", backend="paid", method="vqe", by=user
        )
        return job_submit(
            project=made, spec=JobSpec(source=source, points=[[0.7]], shots=100), by=user
        )

    return run


def test_it_counts_on_the_budgets_of_both(
    spend: Callable[[], Job], project: Project, budget: Budget, user: User, vendor: Vendor
) -> None:
    grant(project, Unit.MONEY, PRICE + 1)
    job = spend()
    assert columns(budget) == (PRICE, 0)
    own = grant(job.project, Unit.MONEY, 3 * USD)
    with pytest.raises(BudgetExceeded):
        spend()
    assert budget in budgets_visible_to(user, job.project)
    finish(job)
    vendor.end()
    assert finish(job).state == State.DONE
    assert columns(budget) == (0, PRICE)
    assert columns(own) == (0, 0), "it was set later"


def test_it_takes_over_whether_paid_sources_are_on_and_what_needs_approval(
    spend: Callable[[], Job], project: Project, user: User
) -> None:
    grant(project, Unit.MONEY, 3 * USD)
    with pytest.raises(SpendingRefused, match="paid sources are off"):
        spend()
    spending_rule_set(project=project, by=user, paid_sources=True, approval_above=PRICE - 1)
    assert spend().state == State.HOLD
