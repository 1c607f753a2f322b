"""A person's tokens, with the projects that each is bound to and what it may spend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from qtwin.accounts.models import ApiToken, User
from qtwin.accounts.selectors import tokens_of
from qtwin.projects.models import Budget, DailyLimit, Period, Project, TokenProject, Unit
from qtwin.projects.models.budget import today
from qtwin.projects.selectors import budget_of_today


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """One token.

    Attributes:
        projects: To which it is bound; None for all that its owner reaches.
        budget: Of money, in all; None where only others' budgets limit it.
        budget_per_day: Of money, today (UTC).
    """

    token: ApiToken
    projects: list[Project] | None
    budget: Budget | None
    budget_per_day: Budget | None


def tokens_shown(user: User | AnonymousUser) -> list[TokenFacts]:
    """Those that were not revoked, newest first."""
    return facts_of(list(tokens_of(user).order_by("-created_at", "-id")))


def facts_of(tokens: Sequence[ApiToken]) -> list[TokenFacts]:
    """The same of some tokens, in four queries."""
    ids = [token.pk for token in tokens]
    rows = Budget.objects.filter(token__in=ids, unit=Unit.MONEY)
    total = {row.token_id: row for row in rows.filter(period=Period.TOTAL)}
    limits = DailyLimit.objects.filter(token__in=ids, unit=Unit.MONEY)
    daily = {row.token_id: budget_of_today(row) for row in limits}
    daily |= {row.token_id: row for row in rows.filter(day=today())}
    bound: dict[object, list[Project]] = {}
    ties = TokenProject.objects.filter(token__in=ids, project__deleted_at=None)
    for tie in ties.select_related("project").order_by("pk"):
        bound.setdefault(tie.token_id, []).append(tie.project)
    return [
        TokenFacts(
            token=token,
            projects=bound.get(token.pk, []) if token.bound else None,
            budget=total.get(token.pk),
            budget_per_day=daily.get(token.pk),
        )
        for token in tokens
    ]
