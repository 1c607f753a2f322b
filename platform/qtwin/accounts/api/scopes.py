"""What a request's token may do. A browser's session may do what its user may."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from qtwin.accounts.models import ApiToken, Scope


def has_scope(request: Request, scope: Scope) -> bool:
    """Whether the request carries no token, or one with the scope; admin has them all.

    An agent's token never has the scope admin.
    """
    token = request.auth
    if not isinstance(token, ApiToken):
        return True
    if token.agent:
        return scope != Scope.ADMIN and scope in token.scopes
    return bool({scope, Scope.ADMIN} & set(token.scopes))


def need_scope(request: Request, scope: Scope) -> None:
    """Refuse a token without the scope."""
    if not has_scope(request, scope):
        token: Any = request.auth
        if token.agent and scope == Scope.ADMIN:
            raise PermissionDenied("an agent's token may never do this")
        raise PermissionDenied(f"the token's scopes are {token.scopes}; needed: {scope}")


def need_own(request: Request) -> None:
    """Refuse a token that is not as good as its person: of an agent, bound, or without admin."""
    need_scope(request, Scope.ADMIN)
    if isinstance(request.auth, ApiToken) and request.auth.bound:
        raise PermissionDenied("a token that is bound to projects may never do this")
