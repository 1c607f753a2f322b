"""A project as visitors see it: its twin and data, nothing of its people, jobs and money."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_readable_by
from qtwin.projects.services import project_link_use
from qtwin.projects.visiting import keep_in, visitor_of
from qtwin.web.datasets import dataset_lines
from qtwin.web.embed import citation_of, embed_of
from qtwin.web.headline import headline_sentence
from qtwin.web.progress import source_progress
from qtwin.web.twin import twin_shown

NO_ROBOTS = "noindex, nofollow"


@never_cache
@require_safe
def shared_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Let the browser see the link's project from now on, and show it."""
    link = project_link_use(secret=secret)
    if link is None:
        response = render(request, "projects/link_gone.html", status=410)
    else:
        keep_in(request.session, link)
        response = redirect("web:project", project_id=link.project_id)
    response["X-Robots-Tag"] = NO_ROBOTS
    return response


def visited(request: HttpRequest, project_id: Any) -> HttpResponse:
    """The page for a visitor; who sees nothing is asked to sign in, or told that nothing is there.

    Raises:
        Http404: They are signed in, and nothing is shown to them.
    """
    visitor = visitor_of(request)
    try:
        project = get_object_or_404(projects_readable_by(visitor), pk=project_id)
    except Http404:
        if visitor.is_authenticated:
            raise
        return redirect_to_login(request.get_full_path())
    return _show(request, project)


def _show(request: HttpRequest, project: Project) -> HttpResponse:
    shown = twin_shown(request, project)
    context = {
        "project": project,
        **shown,
        "sentence": headline_sentence(shown["headline"]),
        "cited": citation_of(request, project, shown["observable"]),
        "embed": embed_of(request, project) if project.public else "",
        "sources": source_progress(project),
        "datasets": dataset_lines(project),
    }
    response = render(request, "projects/shared.html", context)
    if not project.public:
        response["X-Robots-Tag"] = NO_ROBOTS
    return response
