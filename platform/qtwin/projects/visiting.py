"""Visitors: people without an account, or of other teams, to whom a link shows a project."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.db.models.functions import Now

from qtwin.accounts.models import User
from qtwin.projects.models import ProjectLink

PREFIX = "ql_"
"""How a link's secret begins, so that it is told from a token."""
SESSION = "project_links"
"""Where a browser's session holds the ids of links that it opened."""
MOST = 20


class Visitor(AnonymousUser):
    """Somebody without an account.

    Attributes:
        shared: Projects that their links show.
    """

    def __init__(self, shared: Iterable[UUID] = ()) -> None:
        super().__init__()
        self.shared = frozenset(shared)


def shown(user: User | AnonymousUser) -> frozenset[UUID]:
    """Projects that a link shows them, apart from what they may."""
    found: frozenset[UUID] = getattr(user, "shared", frozenset())
    return found


def links_that_open() -> QuerySet[ProjectLink]:
    """Those that were not revoked and have not expired."""
    rows = ProjectLink.objects.filter(revoked_at=None, expires_at__gt=Now())
    return rows.filter(project__deleted_at=None).select_related("project")


def shown_in(session: Any) -> frozenset[UUID]:
    """Projects that the links show which a browser opened, as far as they still open."""
    ids = session.get(SESSION) or []
    if not ids:
        return frozenset()
    return frozenset(links_that_open().filter(pk__in=ids).values_list("project", flat=True))


def keep_in(session: Any, link: ProjectLink) -> None:
    """Let a browser come back by the link that it opened."""
    before = [one for one in session.get(SESSION) or [] if one != str(link.pk)]
    session[SESSION] = [*before, str(link.pk)][-MOST:]


def visitor_of(request: Any) -> User | AnonymousUser:
    """Who asks for a page, with what their links show them."""
    shared = shown_in(request.session)
    if not request.user.is_authenticated:
        return Visitor(shared)
    request.user.shared = shared
    user: User = request.user
    return user


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
