"""Reads of projects, already filtered by who may see them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Now

from qtwin.accounts.acting import is_bound, token_by
from qtwin.accounts.models import ApiToken, Team, User
from qtwin.accounts.models.team import MANAGERS, WRITERS
from qtwin.accounts.selectors import teams_managed_by, teams_visible_to
from qtwin.projects.models import (
    Artifact,
    BackendStop,
    Budget,
    DailyLimit,
    LedgerEntry,
    Period,
    Preview,
    Project,
    ProjectDraft,
    ProjectLink,
    SourceRevision,
    Unit,
)
from qtwin.projects.models.artifact import RECORDING
from qtwin.projects.models.budget import today
from qtwin.projects.reach import (
    approved_by,
    may,
    member_of,
    owned_by,
    readable_by,
    standing,
)
from qtwin.projects.scope import Scope, columns_of


def projects_visible_to(user: User | AnonymousUser) -> QuerySet[Project]:
    """Projects of the user's teams and those that let them in, newest first."""
    return standing(member_of(user))


def projects_readable_by(user: User | AnonymousUser) -> QuerySet[Project]:
    """Projects whose twin and data the user, or a visitor, may look at."""
    return standing(readable_by(user))


def drafts_of(user: User) -> QuerySet[ProjectDraft]:
    """The user's own drafts, the last touched first; those that became projects too."""
    return ProjectDraft.objects.filter(created_by=user).order_by("-touched_at")


def system_digest(system: Mapping[str, Any]) -> str:
    """By which a preview is found again."""
    return hashlib.sha256(json.dumps(system, sort_keys=True).encode()).hexdigest()


def preview_answer(system: Mapping[str, Any]) -> dict[str, Any]:
    """What a preview told of a system; empty where none was made of it."""
    done = Preview.objects.filter(digest=system_digest(system), outcome=Preview.Outcome.DONE)
    return done.values_list("answer", flat=True).first() or {}


def previews_due(limit: int) -> list[UUID]:
    """Ids of previews that a worker should make now, the oldest first."""
    due = Preview.objects.filter(outcome=Preview.Outcome.OPEN, lease_until__lte=Now())
    return list(due.order_by("created_at").values_list("pk", flat=True)[:limit])


def links_shown(project: Project) -> QuerySet[ProjectLink]:
    """Links to the project that were not revoked, newest first."""
    rows = ProjectLink.objects.filter(project=project, revoked_at=None)
    return rows.select_related("project__team", "created_by").order_by("-created_at", "-id")


def projects_writable_by(user: User | AnonymousUser) -> QuerySet[Project]:
    """Projects in which the user may submit jobs and change sources."""
    return standing(may(user, WRITERS))


def projects_managed_by(user: User | AnonymousUser) -> QuerySet[Project]:
    """Projects whose budgets and members the user may set."""
    return standing(may(user, MANAGERS))


def projects_owned_by(user: User | AnonymousUser) -> QuerySet[Project]:
    """Projects whose rules about money the user may change."""
    return standing(owned_by(user))


def projects_approvable_by(user: User | AnonymousUser) -> QuerySet[Project]:
    """Projects in which the user may approve what costs money."""
    return standing(approved_by(user))


def of_spender(project: Project, user: User | None, token: ApiToken | None = None) -> Q:
    """Budgets and limits on which a user's spending in a project counts, by a token if so."""
    team = Q(team=project.team_id, user=None)
    mine = Q(team=project.team_id, user__isnull=False, user=user)
    by_token = Q() if token is None else Q(token=token)
    here = Q(project__in=[project.pk, project.spends_for_id or project.pk])
    return here | team | mine | by_token


def budgets_visible_to(user: User, project: Project, *, past: bool = False) -> list[Budget]:
    """Budgets on which the user's jobs in a project count; for the team's managers, those of all.

    A daily budget of which nothing was used today is there too, as it would be made.

    Args:
        past: With those of earlier days.
    """
    mine = of_spender(project, user, token_by(user))
    if teams_managed_by(user).filter(pk=project.team_id).exists():
        mine |= Q(team=project.team_id)
    return _budgets(mine, past=past)


def budgets_of_team(user: User, team: Team) -> list[Budget]:
    """The team's budgets and the user's own in it; for its managers, those of all members."""
    mine = Q(team=team, user=None) | Q(team=team, user=user)
    if teams_managed_by(user).filter(pk=team.pk).exists():
        mine |= Q(team=team)
    return _budgets(mine)


def _budgets(mine: Q, *, past: bool = False) -> list[Budget]:
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


def ledgers_visible_to(user: User, project: Project) -> list[Budget]:
    """Budgets whose every entry the user may see, also those of jobs of other projects."""
    budgets = budgets_visible_to(user, project, past=True)
    if teams_visible_to(user).filter(pk=project.team_id).exists():
        return budgets
    own = not is_bound(user)
    return [row for row in budgets if row.team_id is None or (own and row.user_id == user.pk)]


def budget_of_today(standing: DailyLimit) -> Budget:
    """The budget that a daily limit makes today, not stored."""
    return Budget(
        project_id=standing.project_id,
        team_id=standing.team_id,
        user_id=standing.user_id,
        token_id=standing.token_id,
        unit=standing.unit,
        limit=standing.limit,
        per_job=standing.per_job,
        period=Period.DAY,
        day=today(),
    )


def limit_of(scope: Scope, unit: Unit, period: Period) -> Budget | DailyLimit | None:
    """What limits a scope's use of a unit, if anything does."""
    columns = columns_of(scope)
    if period == Period.TOTAL:
        return Budget.objects.filter(**columns, unit=unit, period=period).first()
    return DailyLimit.objects.filter(**columns, unit=unit).first()


def _place(row: Budget | DailyLimit) -> tuple[Any, ...]:
    return row.project_id, row.team_id, row.user_id, row.token_id, row.unit


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
