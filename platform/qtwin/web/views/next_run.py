"""What to measure next: the page and the part of the project page, and accepting it."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from backends.errors import BackendError
from qtwin.jobs.feed import latest_event_id
from qtwin.jobs.services import RequestConflict
from qtwin.projects.models import Observable, Project
from qtwin.projects.selectors import (
    projects_managed_by,
    projects_visible_to,
    projects_writable_by,
)
from qtwin.twins.predictor.client import PredictorFailed
from qtwin.twins.recommendations import RecommendationStale, recommendations_of
from qtwin.twins.selectors import observables_measured
from qtwin.twins.services import recommendation_accept
from qtwin.web.budgets import budget_lines
from qtwin.web.next_run import next_run

log = logging.getLogger(__name__)

OTHER = "Another run of this recommendation was accepted a moment ago. Nothing more was submitted."


@login_required
@require_safe
def next_page(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """What the twin recommends; with ``part`` only what the project page fetches."""
    user: Any = request.user
    project = get_object_or_404(projects_visible_to(user).select_related("team"), pk=project_id)
    return _page(request, project)


@login_required
@require_POST
def next_accept(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Submit one run of a recommendation as it was shown."""
    user: Any = request.user
    project = get_object_or_404(projects_writable_by(user).select_related("team"), pk=project_id)
    found = get_object_or_404(recommendations_of(project), pk=_uuid(request))
    try:
        recommendation_accept(
            project=project,
            recommendation=found,
            choice=_count(request, "choice"),
            turn=_count(request, "turn"),
            by=user,
        )
    except RequestConflict:
        return _page(request, project, problem=OTHER, status=409)
    except RecommendationStale as error:
        return _page(request, project, problem=str(error), status=409)
    except (BackendError, LookupError) as error:
        return _page(request, project, problem=f"It was refused: {error}", status=403)
    place = reverse("web:project", args=[project.pk])
    query = urlencode({"observable": found.fit.observable.name})
    return redirect(f"{place}?{query}#next-title")


def _page(
    request: HttpRequest, project: Project, *, problem: str = "", status: int = 200
) -> HttpResponse:
    user: Any = request.user
    after = latest_event_id()
    observable = _observable(request, project)
    context = {
        "after": after,
        "project": project,
        "observable": observable,
        "problem": problem,
        "budgets": budget_lines(user, project),
        "may_manage": projects_managed_by(user).filter(pk=project.pk).exists(),
        "may_write": projects_writable_by(user).filter(pk=project.pk).exists(),
    }
    try:
        context["next"] = next_run(project, observable, user)
    except PredictorFailed:
        log.exception("the twin of project %s cannot be asked", project.pk)
    template = "parts/next_run.html" if "part" in request.GET else "projects/next.html"
    return render(request, template, context, status=status)


def _observable(request: HttpRequest, project: Project) -> Observable:
    asked = request.POST if request.method == "POST" else request.GET
    wanted = project.observables.filter(name=asked.get("observable", "")).first()
    return wanted or observables_measured(project)[0]


def _uuid(request: HttpRequest) -> UUID:
    with suppress(ValueError):
        return UUID(request.POST.get("recommendation", ""))
    return UUID(int=0)


def _count(request: HttpRequest, name: str) -> int:
    """A whole number; what is none is one that nothing has."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 10**6
