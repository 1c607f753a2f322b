"""The budgets of a project as lines with a meter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qtwin.accounts.models import Team, User
from qtwin.projects.models import Budget, BudgetScope, Period, Project
from qtwin.projects.refusal import amount_text
from qtwin.projects.selectors import budgets_of_team, budgets_visible_to


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLine:
    """Ready to print; widths are whole percents of the meter.

    ``since`` is when people were told that it is low.
    """

    whose: str
    when: str
    daily: bool
    spent_width: int
    used_width: int
    percent: int
    most: str
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


def team_budget_lines(user: User, team: Team) -> list[BudgetLine]:
    """What the team, and of its members those whom the user may see, may still spend."""
    return [_line(budget, user) for budget in budgets_of_team(user, team)]


def _line(budget: Budget, viewer: User) -> BudgetLine:
    most = max(1, budget.limit)
    spent, used = (100 * part // most for part in (budget.spent, budget.spent + budget.reserved))
    return BudgetLine(
        whose=_whose(budget, viewer),
        when="in all" if budget.period == Period.TOTAL else "today (UTC)",
        daily=budget.period == Period.DAY,
        spent_width=min(100, max(0, spent)),
        used_width=min(100, max(0, used)),
        percent=used,
        most=amount_text(budget.limit, budget.unit),
        spent=amount_text(budget.spent, budget.unit),
        reserved=amount_text(budget.reserved, budget.unit) if budget.reserved else "",
        left=amount_text(budget.left, budget.unit),
        overdrawn=budget.overdrawn,
        low=budget.low,
        share=f"{used} % of {amount_text(budget.limit, budget.unit)}",
        over=amount_text(-budget.left, budget.unit),
        since=budget.warned_at,
    )


def _whose(budget: Budget, viewer: User) -> str:
    if budget.scope is BudgetScope.USER and budget.user is not None:
        return "You" if budget.user == viewer else budget.user.name
    if budget.scope is BudgetScope.TOKEN:
        return "This token"
    return "This project" if budget.scope is BudgetScope.PROJECT else "The team"
