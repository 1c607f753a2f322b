"""The budgets of a project as lines with a meter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qtwin.accounts.models import User
from qtwin.projects.models import Budget, BudgetScope, Period, Project
from qtwin.projects.refusal import amount_text
from qtwin.projects.selectors import budgets_visible_to


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLine:
    """``used`` and ``limit`` are micro-units, for the meter; the rest is for people.

    ``since`` is when people were told that it is low.
    """

    whose: str
    when: str
    daily: bool
    used: int
    limit: int
    spent: str
    reserved: str
    left: str
    overdrawn: bool
    low: bool
    share: str
    over: str
    since: datetime | None


def budget_lines(user: User, project: Project) -> list[BudgetLine]:
    """What the user's jobs in the project may still spend."""
    return [_line(budget, user) for budget in budgets_visible_to(user, project)]


def _line(budget: Budget, viewer: User) -> BudgetLine:
    return BudgetLine(
        whose=_whose(budget, viewer),
        when="in all" if budget.period == Period.TOTAL else "today (UTC)",
        daily=budget.period == Period.DAY,
        used=budget.spent + budget.reserved,
        limit=budget.limit,
        spent=amount_text(budget.spent, budget.unit),
        reserved=amount_text(budget.reserved, budget.unit) if budget.reserved else "",
        left=amount_text(budget.left, budget.unit),
        overdrawn=budget.overdrawn,
        low=budget.low,
        share=f"{100 * (budget.spent + budget.reserved) // max(1, budget.limit)} % of "
        f"{amount_text(budget.limit, budget.unit)}",
        over=amount_text(-budget.left, budget.unit),
        since=budget.warned_at,
    )


def _whose(budget: Budget, viewer: User) -> str:
    if budget.scope is BudgetScope.USER and budget.user is not None:
        return "You" if budget.user == viewer else budget.user.name
    return "This project" if budget.scope is BudgetScope.PROJECT else "The team"
