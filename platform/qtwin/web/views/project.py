"""Projects, and the project page: its twin."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from qtwin.accounts.selectors import teams_visible_to, teams_writable_by
from qtwin.jobs.feed import latest_event_id
from qtwin.jobs.glance import jobs_latest, jobs_to_approve
from qtwin.projects.models import Observable, Project
from qtwin.projects.selectors import projects_visible_to
from qtwin.projects.standing import standing_in
from qtwin.web.budgets import budget_lines
from qtwin.web.changes import latest_changes
from qtwin.web.commands import project_commands
from qtwin.web.comments import pinned
from qtwin.web.datasets import DatasetForm, dataset_lines
from qtwin.web.progress import source_progress
from qtwin.web.summaries import project_summaries
from qtwin.web.twin import twin_shown
from qtwin.web.views.shared import visited


def home(request: HttpRequest) -> HttpResponse:
    return redirect("web:projects")


@login_required
@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    after = latest_event_id()
    query = request.GET.get("q", "").strip()
    projects = projects_visible_to(user).select_related("team")
    if query:
        projects = projects.filter(name__icontains=query)
    context = {
        "after": after,
        "query": query,
        "filtered": urlencode({"q": query}) if query else "",
        "projects": project_summaries(projects),
        "may_create": teams_writable_by(user).exists(),
    }
    return render(request, "projects/list.html", context)


@require_safe
def project_page(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """The twin of a project with all that it rests on; less of it for visitors."""
    user: Any = request.user
    visible = projects_visible_to(user).select_related("team").filter(pk=project_id).first()
    return visited(request, project_id) if visible is None else show_project(request, visible)


def show_project(
    request: HttpRequest, project: Project, *, form: DatasetForm | None = None, status: int = 200
) -> HttpResponse:
    """The page, with a form that was sent and is wrong if there is one."""
    user: Any = request.user
    after = latest_event_id()
    granted = standing_in(user, project.pk)
    shown = twin_shown(request, project)
    observable: Observable = shown["observable"]
    context = {
        "after": after,
        "project": project,
        **shown,
        "note": pinned(project, may_write=granted.write),
        "changes": latest_changes(project, observable, shown["version"], fit=shown["fit"]),
        "sources": source_progress(project),
        "budgets": budget_lines(user, project),
        "approvals": jobs_to_approve(project.pk),
        "jobs": jobs_latest(project.pk),
        "programs": project_commands(request, project, observable),
        "may_write": granted.write,
        "may_manage": granted.manage,
        "in_team": teams_visible_to(user).filter(pk=project.team_id).exists(),
        "datasets": dataset_lines(project),
        "data_form": (form or DatasetForm(project=project)) if granted.write else None,
    }
    return render(request, "projects/page.html", context, status=status)
