"""API tokens that are bound to projects, and what each may spend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from qtwin.accounts.models import ApiToken, Scope, User
from qtwin.accounts.services import token_create
from qtwin.accounts.services.token import TokenRefused
from qtwin.projects.models import Period, Project, TokenProject, Unit
from qtwin.projects.services.budget import budget_set


@transaction.atomic
def token_issue(
    *,
    user: User,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None = None,
    agent: bool = False,
    projects: Sequence[Project] | None = None,
    budget: int | None = None,
    budget_per_day: int | None = None,
) -> tuple[ApiToken, str]:
    """Make a token; the text returned beside it is never shown again.

    Args:
        agent: It is for a program that decides itself: see `ApiToken`.
        projects: To which it is bound; None for all that its owner reaches.
        budget: Micro-USD that may be spent with it in all, whatever else its owner may spend.
        budget_per_day: The same per UTC day.

    Raises:
        TokenRefused: A scope or the expiry is not allowed, or an agent would spend without budget.
    """
    if agent and Scope.SPEND in scopes and budget is None:
        raise TokenRefused("needed for an agent's token that may spend", field="budget")
    token, text = token_create(
        user=user,
        name=name,
        scopes=scopes,
        expires_at=expires_at,
        agent=agent,
        bound=projects is not None,
    )
    TokenProject.objects.bulk_create(
        TokenProject(token=token, project=project) for project in projects or []
    )
    token_budget_set(token=token, by=user, budget=budget, budget_per_day=budget_per_day)
    return token, text


@transaction.atomic
def token_budget_set(
    *,
    token: ApiToken,
    by: User,
    budget: int | None = None,
    budget_per_day: int | None = None,
) -> None:
    """Set what may be spent with a token, micro-USD; None leaves it as it is."""
    for limit, period in ((budget, Period.TOTAL), (budget_per_day, Period.DAY)):
        if limit is not None:
            budget_set(
                scope=token, unit=Unit.MONEY, period=period, limit=limit, per_job=None, by=by
            )
