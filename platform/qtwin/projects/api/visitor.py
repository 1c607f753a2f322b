"""Visitors over HTTP: by a link's secret as the bearer, or by the session that opened the link."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from qtwin.projects.selectors import projects_readable_by
from qtwin.projects.services import project_link_use
from qtwin.projects.visiting import PREFIX, Visitor, visitor_of

READS = {"GET", "HEAD", "OPTIONS"}


class LinkAuthentication(BaseAuthentication):
    """The header ``Authorization: Bearer ql_secret``, or a browser that opened a link."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        words = get_authorization_header(request).decode("latin-1").split()
        if not words:
            user = visitor_of(request._request)
            return (user, None) if isinstance(user, Visitor) and user.shared else None
        if words[0].lower() != "bearer" or not words[-1].startswith(PREFIX):
            return None
        link = project_link_use(secret=words[1]) if len(words) == 2 else None
        if link is None:
            raise AuthenticationFailed("the link is unknown, expired or revoked")
        return Visitor([link.project_id]), None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SignedInOrShown(BasePermission):
    """Whoever is signed in; visitors only where a view says so, and only to read."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.user and request.user.is_authenticated:
            return True
        if not getattr(view, "visitors", False) or request.method not in READS:
            return False
        # where nothing is shown, whether it exists or not: sign in first
        shown = projects_readable_by(request.user).filter(pk=view.kwargs["project_id"])
        return isinstance(request.user, Visitor) or shown.exists()


class LinkScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped base
    target_class = "qtwin.projects.api.visitor.LinkAuthentication"
    name = "link"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The secret of a link that shows one project; it only reads.",
        }
