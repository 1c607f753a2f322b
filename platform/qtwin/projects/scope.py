"""Whose spending a budget limits."""

from __future__ import annotations

from typing import Any

from qtwin.accounts.models import ApiToken, Team, User
from qtwin.projects.models import Project

Scope = Project | Team | tuple[Team, User] | ApiToken
"""A project, a team, one person within a team, or a token, wherever it is used."""

NOBODYS: dict[str, Any] = {"project": None, "team": None, "user": None, "token": None}


def columns_of(scope: Scope) -> dict[str, Any]:
    """The columns that say so."""
    match scope:
        case Project():
            return NOBODYS | {"project": scope}
        case Team():
            return NOBODYS | {"team": scope}
        case ApiToken():
            return NOBODYS | {"token": scope}
        case (team, user):
            return NOBODYS | {"team": team, "user": user}


def teams_told(scope: Scope) -> list[Team | None]:
    """In whose trail it belongs."""
    match scope:
        case Project():
            return [scope.team]
        case Team():
            return [scope]
        case ApiToken():
            return [*Team.objects.filter(memberships__user=scope.user_id)] or [None]
        case (team, _):
            return [team]
