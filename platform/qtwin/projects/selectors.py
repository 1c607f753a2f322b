"""Reads of projects, already filtered by who may see them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from qtwin.accounts.models import Role, User
from qtwin.accounts.models.team import MANAGERS, WRITERS
from qtwin.projects.models import (
    Artifact,
    BackendStop,
    Budget,
    DailyLimit,
    LedgerEntry,
    Period,
    Project,
    SourceRevision,
)
from qtwin.projects.models.artifact import RECORDING
from qtwin.projects.models.budget import today


def projects_visible_to(user: User | AnonymousUser) -> QuerySet[Project]:
    """Projects of the user's teams, newest first."""
    return Project.objects.filter(team__memberships__user=user.pk, deleted_at=None).order_by(
        "-created_at", "-id"
    )


def projects_writable_by(user: User | AnonymousUser) -> QuerySet[Project]:
    """Projects in which the user may submit jobs and change sources."""
    return Project.objects.filter(deleted_at=None).filter(
        team__memberships__user=user.pk, team__memberships__role__in=WRITERS
    )


def projects_managed_by(user: User | AnonymousUser) -> QuerySet[Project]:
    """Projects whose budgets the user may set."""
    return Project.objects.filter(deleted_at=None).filter(
        team__memberships__user=user.pk, team__memberships__role__in=MANAGERS
    )


def projects_owned_by(user: User | AnonymousUser) -> QuerySet[Project]:
    """Projects whose rules about money the user may change."""
    return Project.objects.filter(deleted_at=None).filter(
        team__memberships__user=user.pk, team__memberships__role=Role.OWNER
    )


def of_spender(project: Project, user: User | None) -> Q:
    """Budgets and limits on which a user's spending in a project counts."""
    team = Q(team=project.team_id, user=None)
    return Q(project=project) | team | Q(team=project.team_id, user__isnull=False, user=user)


def budgets_visible_to(user: User, project: Project, *, past: bool = False) -> list[Budget]:
    """Budgets on which the user's jobs in a project count; for managers, those of all members.

    A daily budget of which nothing was used today is there too, as it would be made.

    Args:
        past: With those of earlier days.
    """
    mine = of_spender(project, user)
    if projects_managed_by(user).filter(pk=project.pk).exists():
        mine = Q(project=project) | Q(team=project.team_id)
    rows = Budget.objects.filter(mine).select_related("user")
    if not past:
        rows = rows.filter(Q(period=Period.TOTAL) | Q(day=today()))
    budgets = list(rows)
    made = {_place(budget) for budget in budgets if budget.day == today()}
    return budgets + [
        budget_of_today(standing)
        for standing in DailyLimit.objects.filter(mine).select_related("user")
        if _place(standing) not in made
    ]


def budget_of_today(standing: DailyLimit) -> Budget:
    """The budget that a daily limit makes today, not stored."""
    return Budget(
        project_id=standing.project_id,
        team_id=standing.team_id,
        user_id=standing.user_id,
        unit=standing.unit,
        limit=standing.limit,
        per_job=standing.per_job,
        period=Period.DAY,
        day=today(),
    )


def _place(row: Budget | DailyLimit) -> tuple[Any, ...]:
    return row.project_id, row.team_id, row.user_id, row.unit


def stops_seen_by(user: User | AnonymousUser) -> dict[str, list[str]]:
    """Why backends are stopped for the user's teams or for everybody, by backend."""
    seen: dict[str, list[str]] = {}
    teams = Q(team=None) | Q(team__memberships__user=user.pk)
    for stop in BackendStop.objects.filter(teams):
        seen.setdefault(stop.backend, []).append(stop.why)
    return seen


def recording_of(project_id: Any, revision: SourceRevision) -> Artifact:
    """The recording that a source's settings name.

    Raises:
        Artifact.DoesNotExist: The project has no such recording.
    """
    digest = str(revision.settings.get("recording", ""))
    return Artifact.objects.get(project_id=project_id, kind=RECORDING, sha256=digest)


def budgets_unbalanced() -> QuerySet[Budget]:
    """Budgets whose columns are not the sums of their ledger; there must be none."""
    return Budget.objects.alias(
        taken=_entered(LedgerEntry.Kind.RESERVE),
        given_back=_entered(LedgerEntry.Kind.RELEASE),
        used=_entered(LedgerEntry.Kind.SETTLE),
        corrected=_entered(LedgerEntry.Kind.CORRECT),
    ).exclude(reserved=F("taken") - F("given_back"), spent=F("used") + F("corrected"))


def _entered(kind: str) -> Coalesce:
    return Coalesce(Sum("entries__amount", filter=Q(entries__kind=kind)), 0)
