"""Setting budgets, and a project's rules about money."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from qtwin.accounts.models import Team, User
from qtwin.accounts.services import audit_record
from qtwin.projects.models import Budget, DailyLimit, Period, Project, Unit
from qtwin.projects.models.budget import today
from qtwin.projects.services.notice import notice_over

Scope = Project | Team | tuple[Team, User]
"""A project, a team, or one person within a team."""


@transaction.atomic
def budget_set(
    *,
    scope: Scope,
    unit: Unit,
    period: Period,
    limit: int,
    per_job: int | None,
    by: User | None,
) -> Budget | DailyLimit:
    """Set what a scope may use of a unit, in all or per UTC day; micro-units.

    A budget counts from when it was set. A limit below what was used already blocks new spending.

    Args:
        per_job: The most that one job may reserve; None leaves it at the limit.
    """
    columns, team = _columns(scope)
    granted = {"limit": limit, "per_job": per_job}
    row: Budget | DailyLimit
    if period == Period.TOTAL:
        row, _ = Budget.objects.update_or_create(
            **columns, unit=unit, period=period, defaults=granted
        )
        notice_over(row)
    else:
        row, _ = DailyLimit.objects.update_or_create(**columns, unit=unit, defaults=granted)
        made = Budget.objects.filter(**columns, unit=unit, period=period, day__gte=today())
        made.update(**granted)
        for budget in made:
            notice_over(budget)
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


def _columns(scope: Scope) -> tuple[dict[str, Any], Team]:
    match scope:
        case Project():
            return {"project": scope, "team": None, "user": None}, scope.team
        case Team():
            return {"project": None, "team": scope, "user": None}, scope
        case (team, user):
            return {"project": None, "team": team, "user": user}, team


@transaction.atomic
def spending_rule_set(
    *,
    project: Project,
    by: User | None,
    paid_sources: bool | None = None,
    approval_above: int | None = None,
) -> Project:
    """Turn paid sources on or off, or change above which micro-USD a job waits for approval."""
    asked = {"paid_sources": paid_sources, "approval_above": approval_above}
    changed = {name: value for name, value in asked.items() if value is not None}
    if changed:
        Project.objects.filter(pk=project.pk).update(**changed)
        audit_record(
            action="project.spending",
            user=by,
            team=project.team,
            target=f"project:{project.pk}",
            **changed,
        )
        project.refresh_from_db(fields=list(changed))
    return project
