"""What a page's stream of events may tell; `qtwin.waiting` looks here, and does the streaming."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from qtwin.projects.selectors import projects_visible_to
from qtwin.rest.watch import watched


@require_safe
def project_events(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Events of one project."""
    user: Any = request.user
    if not user.is_authenticated:
        return _text(401, "sign in first")
    if not projects_visible_to(user).filter(pk=project_id).exists():
        return _text(404, "no such project")
    return _told(request, [project_id])


@require_safe
def all_events(request: HttpRequest) -> HttpResponse:
    """Events of every project that the user sees."""
    user: Any = request.user
    if not user.is_authenticated:
        return _text(401, "sign in first")
    return _told(request, list(projects_visible_to(user).values_list("pk", flat=True)))


def _told(request: HttpRequest, projects: Collection[UUID]) -> HttpResponse:
    watched(request, projects)
    return _text(200, "this is a stream: Accept: text/event-stream")


def _text(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain")
