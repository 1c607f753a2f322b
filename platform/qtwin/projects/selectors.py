"""Reads of projects, already filtered by who may see them."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from qtwin.accounts.models import User
from qtwin.accounts.models.team import WRITERS
from qtwin.projects.models import Budget, LedgerEntry, Project


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


def of_spender(project: Project, user: User | None) -> Q:
    """Budgets and limits on which a user's spending in a project counts."""
    team = Q(team=project.team_id, user=None)
    return Q(project=project) | team | Q(team=project.team_id, user__isnull=False, user=user)


def budgets_unbalanced() -> QuerySet[Budget]:
    """Budgets whose columns are not the sums of their ledger; there must be none."""
    return Budget.objects.alias(
        taken=_entered(LedgerEntry.Kind.RESERVE),
        given_back=_entered(LedgerEntry.Kind.RELEASE),
        used=_entered(LedgerEntry.Kind.SETTLE),
    ).exclude(reserved=F("taken") - F("given_back"), spent=F("used"))


def _entered(kind: str) -> Coalesce:
    return Coalesce(Sum("entries__amount", filter=Q(entries__kind=kind)), 0)
