"""Reads of accounts, already filtered by who may see them."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from qtwin.accounts.models import ApiToken, Membership, Team, User
from qtwin.accounts.models.team import MANAGERS, WRITERS


def teams_visible_to(user: User | AnonymousUser) -> QuerySet[Team]:
    """Teams that the user is in."""
    return Team.objects.filter(memberships__user=user.pk)


def members_of(team: Team) -> QuerySet[Membership]:
    """Who is in the team, in the order in which they came."""
    return Membership.objects.filter(team=team).select_related("user").order_by("pk")


def teams_writable_by(user: User | AnonymousUser) -> QuerySet[Team]:
    """Teams in which the user may change things."""
    return Team.objects.filter(memberships__user=user.pk, memberships__role__in=WRITERS)


def teams_managed_by(user: User | AnonymousUser) -> QuerySet[Team]:
    """Teams whose budgets, kill switches and members' roles the user may set."""
    return Team.objects.filter(memberships__user=user.pk, memberships__role__in=MANAGERS)


def approvers_of(team: Team) -> QuerySet[User]:
    """Who may approve what the team's jobs cost, by name."""
    return User.objects.filter(
        is_active=True, memberships__team=team, memberships__may_approve=True
    ).order_by("name", "pk")


def tokens_of(user: User | AnonymousUser) -> QuerySet[ApiToken]:
    """The user's tokens that were not revoked."""
    return ApiToken.objects.filter(user=user.pk, revoked_at=None)
