"""Projects, and the project page: its twin."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from qtwin.jobs.selectors import jobs_visible_to
from qtwin.projects.models import Observable, Project
from qtwin.projects.selectors import projects_visible_to, projects_writable_by
from qtwin.twins.predictor.client import PredictorFailed
from qtwin.twins.selectors import observables_measured, twin_status
from qtwin.web.budgets import budget_lines
from qtwin.web.changes import latest_changes
from qtwin.web.commands import predict_command
from qtwin.web.datasets import DatasetForm, dataset_lines
from qtwin.web.feed import latest_event_id
from qtwin.web.headline import headline
from qtwin.web.progress import source_progress
from qtwin.web.summaries import project_summaries

RECENT_JOBS = 8

log = logging.getLogger(__name__)


def home(request: HttpRequest) -> HttpResponse:
    return redirect("web:projects")


@login_required
@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    after = async_to_sync(latest_event_id)()
    query = request.GET.get("q", "").strip()
    projects = projects_visible_to(user).select_related("team")
    if query:
        projects = projects.filter(name__icontains=query)
    context = {"after": after, "query": query, "projects": project_summaries(projects)}
    return render(request, "projects/list.html", context)


@login_required
@require_safe
def project_page(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """The twin of a project with all that it rests on."""
    user: Any = request.user
    visible = projects_visible_to(user).select_related("team")
    return show_project(request, get_object_or_404(visible, pk=project_id))


def show_project(
    request: HttpRequest, project: Project, *, form: DatasetForm | None = None, status: int = 200
) -> HttpResponse:
    """The page, with a form that was sent and is wrong if there is one."""
    user: Any = request.user
    after = async_to_sync(latest_event_id)()
    may_write = projects_writable_by(user).filter(pk=project.pk).exists()
    observables = observables_measured(project)
    wanted = project.observables.filter(name=request.GET.get("observable", "")).first()
    observable = wanted or observables[0]
    jobs = jobs_visible_to(user).filter(project=project)
    context = {
        "after": after,
        "project": project,
        "observable": observable,
        "observables": observables,
        **_headline(project, observable),
        "twin": twin_status(project),
        "changes": latest_changes(project, observable),
        "sources": source_progress(project, jobs),
        "budgets": budget_lines(user, project),
        "jobs": jobs[:RECENT_JOBS],
        "command": predict_command(request, project, observable),
        "may_write": may_write,
        "datasets": dataset_lines(project),
        "data_form": (form or DatasetForm(project=project)) if may_write else None,
    }
    return render(request, "projects/page.html", context, status=status)


def _headline(project: Project, observable: Observable) -> dict[str, Any]:
    try:
        return {"headline": headline(project, observable)}
    except PredictorFailed:
        log.exception("the twin of project %s cannot be asked", project.pk)
        return {"headline": None, "unanswered": True}
