"""Who is asking: a bearer token, or the browser's session."""

from __future__ import annotations

from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from qtwin.accounts.acting import acting
from qtwin.accounts.models import ApiToken, Scope, User
from qtwin.accounts.services import token_user

SAFE = {"GET", "HEAD", "OPTIONS"}
SHOWN = "token_shown"
"""Of Django's request: the good token that it carries, also where it is refused what it asks."""


class TokenAuthentication(BaseAuthentication):
    """The header ``Authorization: Bearer qt_prefix.secret``."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).decode("latin-1").split()
        if not words or words[0].lower() != "bearer":
            return None
        token = token_user(words[1]) if len(words) == 2 else None
        if token is None:
            raise AuthenticationFailed("the token is unknown, expired or revoked")
        setattr(request._request, SHOWN, token)
        if _changes(request) and not set(token.scopes) & {Scope.SUBMIT, Scope.ADMIN}:
            raise PermissionDenied(f"the token's scopes are {token.scopes}; needed: submit")
        return acting(token.user, token), token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _changes(request: Request) -> bool:
    """Whether it may; a view says with ``only_reads`` that its POST changes nothing."""
    view = request.parser_context.get("view")
    return request.method not in SAFE and not getattr(view, "only_reads", False)


class BrowserAuthentication(SessionAuthentication):
    """The dashboard's session cookie, with CSRF protection."""
