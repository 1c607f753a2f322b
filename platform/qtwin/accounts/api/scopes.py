"""What a request's token may do. A browser's session may do what its user may."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from qtwin.accounts.models import ApiToken, Scope


def has_scope(request: Request, scope: Scope) -> bool:
    """Whether the request carries no token, or one with the scope; admin has them all."""
    token = request.auth
    return not isinstance(token, ApiToken) or bool({scope, Scope.ADMIN} & set(token.scopes))


def need_scope(request: Request, scope: Scope) -> None:
    """Refuse a token without the scope."""
    if not has_scope(request, scope):
        token: Any = request.auth
        raise PermissionDenied(f"the token's scopes are {token.scopes}; needed: {scope}")
