"""Budgets: what is promised, used and given back adds up, whatever the order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import User
from qtwin.projects.models import Budget, LedgerEntry, Period, Project, Unit
from qtwin.projects.refusal import BudgetExceeded, SpendingRefused, amount_text
from qtwin.projects.selectors import budgets_unbalanced
from qtwin.projects.services import budget_release, budget_reserve, budget_set, budget_settle

pytestmark = pytest.mark.django_db

USD = 1_000_000


def grant(scope: Any, limit: int, unit: Unit = Unit.MONEY, **more: Any) -> Any:
    fields = {"period": Period.TOTAL, "per_job": None, "by": None, **more}
    return budget_set(scope=scope, unit=unit, limit=limit, **fields)


@pytest.fixture
def reserve(project: Project, user: User) -> Any:
    def run(amount: int, unit: Unit = Unit.MONEY, job: UUID | None = None) -> UUID:
        job = job or new_id()
        budget_reserve(project=project, user=user, job_id=job, amounts={unit: amount})
        return job

    return run


@pytest.fixture
def settle(project: Project, user: User) -> Any:
    def run(job: UUID, amount: int, unit: Unit = Unit.MONEY) -> list[Budget]:
        who: dict[str, Any] = {"project": project, "user": user}
        notices = budget_settle(**who, job_id=job, amounts={unit: amount})
        return [notice.budget for notice in notices if notice.kind == "overdrawn"]

    return run


def columns(budget: Budget) -> tuple[int, int]:
    budget.refresh_from_db()
    return budget.reserved, budget.spent


def test_a_reservation_counts_on_every_scope_and_another_unit_does_not(
    project: Project, user: User, reserve: Any
) -> None:
    budgets = [grant(scope, 5 * USD) for scope in (project, project.team, (project.team, user))]
    shots = grant(project, 100 * USD, Unit.SHOTS)
    reserve(2 * USD)
    assert [columns(budget) for budget in budgets] == [(2 * USD, 0)] * 3
    assert columns(shots) == (0, 0)


def test_the_tightest_budget_refuses_and_nothing_is_reserved_then(
    project: Project, user: User, reserve: Any
) -> None:
    wide = grant(project, 100 * USD)
    grant((project.team, user), 3 * USD)
    with pytest.raises(BudgetExceeded, match=r"4\.00 USD.*user's budget.*3\.00 USD left") as why:
        reserve(4 * USD)
    assert (why.value.facts["left"], why.value.facts["asked"]) == (3, 4)
    assert columns(wide) == (0, 0)
    assert not LedgerEntry.objects.exists()


def test_another_user_and_another_team_have_their_own(
    project: Project, user: User, stranger: User, reserve: Any
) -> None:
    grant(project, 9 * USD)
    theirs = grant((project.team, stranger), 0)
    elsewhere = grant(stranger.memberships.get().team, 0)
    reserve(1 * USD)
    assert columns(theirs) == columns(elsewhere) == (0, 0)


def test_money_without_any_budget_is_refused_and_other_units_are_not_limited(
    project: Project, reserve: Any
) -> None:
    grant(project, 9 * USD, Unit.SHOTS)
    with pytest.raises(SpendingRefused, match="no budget of money"):
        reserve(1)
    reserve(1_000 * USD, Unit.QPU_SECONDS)


def test_a_job_may_not_take_more_than_the_most_per_job(project: Project, reserve: Any) -> None:
    grant(project, 100 * USD, per_job=2 * USD)
    reserve(2 * USD)
    with pytest.raises(BudgetExceeded, match=r"2\.00 USD per job"):
        reserve(2 * USD + 1)


def test_a_daily_limit_begins_anew_each_utc_day(project: Project, reserve: Any) -> None:
    grant(project, 100 * USD)
    grant(project.team, 2 * USD, period=Period.DAY)
    reserve(2 * USD)
    with pytest.raises(BudgetExceeded, match="budget of usd of 2"):
        reserve(1)
    today = Budget.objects.get(period=Period.DAY)
    assert today.day == datetime.now(UTC).date()
    Budget.objects.filter(pk=today.pk).update(day=today.day - timedelta(days=1))
    reserve(2 * USD)
    assert columns(today) == (2 * USD, 0)


def test_a_changed_daily_limit_holds_today(project: Project, reserve: Any) -> None:
    grant(project, 100 * USD)
    grant(project.team, 2 * USD, period=Period.DAY)
    reserve(2 * USD)
    grant(project.team, 3 * USD, period=Period.DAY)
    reserve(1 * USD)
    with pytest.raises(BudgetExceeded):
        reserve(1)


def test_a_settlement_above_the_limit_lands_says_so_once_and_blocks_what_is_new(
    project: Project, reserve: Any, settle: Any
) -> None:
    budget = grant(project, 10 * USD)
    first, second = reserve(4 * USD), reserve(4 * USD)
    assert settle(first, 12 * USD) == [budget]
    assert columns(budget) == (4 * USD, 12 * USD)
    assert budget.overdrawn
    assert settle(second, 4 * USD) == []
    with pytest.raises(BudgetExceeded, match=r"-6\.00 USD left"):
        reserve(1)


def test_a_settlement_of_what_was_not_reserved_lands_too(
    project: Project, reserve: Any, settle: Any
) -> None:
    money, seconds = grant(project, 10 * USD), grant(project, USD, Unit.QPU_SECONDS)
    job = reserve(4 * USD)
    assert settle(job, 3 * USD, Unit.QPU_SECONDS) == [seconds]
    assert (columns(money), columns(seconds)) == ((0, 0), (0, 3 * USD))


def test_a_negative_settlement_is_refused(project: Project, reserve: Any, settle: Any) -> None:
    grant(project, 10 * USD)
    with pytest.raises(ValueError, match="amounts from 0"):
        settle(reserve(USD), -1)


def test_a_ledger_that_lost_a_row_is_found(project: Project, reserve: Any) -> None:
    budget = grant(project, 10 * USD)
    reserve(USD)
    assert not budgets_unbalanced().exists()
    LedgerEntry.objects.all().delete()
    assert list(budgets_unbalanced()) == [budget]


@pytest.mark.parametrize(
    ("micro", "unit", "text"),
    [
        (12_300_000, Unit.MONEY, "12.30 USD"),
        (1, Unit.MONEY, "0.01 USD"),
        (-6_000_000, Unit.MONEY, "-6.00 USD"),
        (4_000 * USD, Unit.SHOTS, "4,000 shots"),
        (1_500_000, Unit.QPU_SECONDS, "1.50 QPU s"),
    ],
)
def test_amounts_are_never_rounded_down(micro: int, unit: Unit, text: str) -> None:
    assert amount_text(micro, unit) == text


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "settle", "release"]),
        st.integers(0, 1),
        st.sampled_from([0, 1, 20, 60]),
    ),
    max_size=25,
)


class Books:
    """What the budget must say, kept the obvious way."""

    def __init__(self, limit: int, per_job: int | None) -> None:
        self.limit, self.per_job = limit, limit if per_job is None else per_job
        self.reserved: dict[int, int] = {}
        self.spent: dict[int, int] = {}
        self.seen: set[int] = set()

    def grants(self, job: int, amount: int) -> bool:
        used = sum(self.reserved.values()) + sum(self.spent.values())
        known = amount == 0 or job in self.seen
        return known or (amount <= self.per_job and used + amount <= self.limit)

    def note(self, what: str, job: int, amount: int) -> None:
        if what == "reserve" and amount and job not in self.seen:
            self.seen.add(job)
            self.reserved[job] = amount
        elif what == "settle" and job not in self.spent and (amount or job in self.seen):
            self.spent[job] = amount
        if what != "reserve":
            self.reserved.pop(job, None)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(steps=[("settle", 0, 1), ("reserve", 0, 1), ("settle", 0, 1)], limit=2, per_job=None)
@given(steps=STEPS, limit=st.integers(0, 150), per_job=st.none() | st.integers(0, 60))
def test_any_sequence_of_the_three_balances_and_no_reservation_passes_the_limit(
    project: Project, user: User, steps: Any, limit: int, per_job: int | None
) -> None:
    books, jobs = Books(limit, per_job), [new_id() for _ in range(2)]
    with transaction.atomic():
        budgets = [grant(scope, limit, per_job=per_job) for scope in (project, project.team)]
        who: dict[str, Any] = {"project": project, "user": user}
        for what, job, amount in steps:
            paid = {Unit.MONEY: amount}
            if what == "reserve":
                granted = books.grants(job, amount)
                try:
                    budget_reserve(**who, job_id=jobs[job], amounts=paid)
                except BudgetExceeded:
                    assert not granted
                    continue
                assert granted
            elif what == "settle":
                budget_settle(**who, job_id=jobs[job], amounts=paid)
            else:
                budget_release(job_id=jobs[job])
            books.note(what, job, amount)
            for budget in budgets:
                assert columns(budget) == (
                    sum(books.reserved.values()),
                    sum(books.spent.values()),
                )
        assert not budgets_unbalanced().exists()
        transaction.set_rollback(True)
