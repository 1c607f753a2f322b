"""Setting budgets, and a project's rules about money."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import transaction

from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.projects.models import Budget, DailyLimit, Period, Project, Unit
from qtwin.projects.models.budget import Limit, today
from qtwin.projects.scope import Scope, columns_of, teams_told
from qtwin.projects.services.notice import notice_over
from qtwin.unchanged import ChangedSince, as_seen, write

GRANTED = ("limit", "per_job")
L = TypeVar("L", Budget, DailyLimit)


@transaction.atomic
def budget_set(
    *,
    scope: Scope,
    unit: Unit,
    period: Period,
    limit: int,
    per_job: int | None,
    by: User | None,
    seen: Limit | None = None,
    new: bool = False,
) -> Budget | DailyLimit:
    """Set what a scope may use of a unit, in all or per UTC day; micro-units.

    A budget counts from when it was set. A limit below what was used already blocks new spending.

    Args:
        per_job: The most that one job may reserve; None leaves it at the limit.
        seen: Only if it grants still what this row says.
        new: Only if there is none yet.

    Raises:
        ChangedSince: It grants something else, or there is one.
    """
    columns = columns_of(scope)
    granted = {"limit": limit, "per_job": per_job}
    row: Budget | DailyLimit
    if period == Period.TOTAL:
        row = _granted(Budget, {**columns, "unit": unit, "period": period}, granted, seen, new)
        notice_over(row)
    else:
        row = _granted(DailyLimit, {**columns, "unit": unit}, granted, seen, new)
        made = Budget.objects.filter(**columns, unit=unit, period=period, day__gte=today())
        made.update(**granted)
        for budget in made:
            notice_over(budget)
    for team in teams_told(scope):
        audit_record(
            action="budget.set",
            user=by,
            team=team,
            target=f"budget:{row.pk}",
            scope=row.scope.value,
            unit=unit.value,
            period=period.value,
            **granted,
        )
    return row


def _granted(
    kind: type[L],
    place: dict[str, Any],
    granted: dict[str, Any],
    seen: Limit | None,
    new: bool,
) -> L:
    """The row of a place, with what it grants from now on."""
    rows = kind.objects
    if seen is not None:
        write(rows.filter(**place, **as_seen(seen, GRANTED)), granted, needed=True)
        return rows.get(**place)
    row, made = (rows.get_or_create if new else rows.update_or_create)(**place, defaults=granted)
    if new and not made:
        raise ChangedSince
    return row


@transaction.atomic
def spending_rule_set(
    *,
    project: Project,
    by: User | None,
    paid_sources: bool | None = None,
    approval_above: int | None = None,
    unchanged: bool = False,
) -> Project:
    """Turn paid sources on or off, or change above which micro-USD a job waits for approval.

    Args:
        unchanged: Only if the rules are still as ``project`` says.

    Raises:
        ChangedSince: They are not.
    """
    asked = {"paid_sources": paid_sources, "approval_above": approval_above}
    changed = {name: value for name, value in asked.items() if value is not None}
    if changed:
        rows = Project.objects.filter(pk=project.pk)
        rows = rows.filter(**as_seen(project, asked)) if unchanged else rows
        write(rows, changed, needed=unchanged)
        audit_record(
            action="project.spending",
            user=by,
            team=project.team,
            target=f"project:{project.pk}",
            **changed,
        )
        project.refresh_from_db(fields=list(changed))
    return project
