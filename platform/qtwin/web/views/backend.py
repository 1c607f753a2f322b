"""The list of backends, and one backend."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backends import registry
from backends.errors import UnknownBackend
from qtwin.jobs.models import Job
from qtwin.jobs.selectors import jobs_read_by
from qtwin.projects.models import Project
from qtwin.projects.offers import offers_seen_by
from qtwin.projects.selectors import projects_visible_to
from qtwin.web.backends import (
    LOOKED_AT,
    Ended,
    availability,
    devices,
    figures,
    kinds,
    limits,
    price_words,
    prices,
    revisions_on,
    settings,
)
from qtwin.web.views.job_list import listed

RECENT = 8
PROJECTS = 8
ENDED = ("state", "started_at", "finished_at")


@login_required
@require_safe
def backend_list(request: HttpRequest) -> HttpResponse:
    """All of them, with how the user's newest jobs went on each."""
    user: Any = request.user
    newest = jobs_read_by(user).order_by("-created_at", "-pk").values_list("pk", flat=True)
    rows = Job.objects.filter(pk__in=list(newest[:LOOKED_AT]))
    by_backend: dict[str, list[Ended]] = defaultdict(list)
    for backend, *job in rows.values_list("source_revision__backend", *ENDED):
        state, started, finished = job
        by_backend[backend.rpartition("+")[2]].append((state, started, finished))
    context = {"kinds": kinds(offers_seen_by(user), by_backend), "looked_at": LOOKED_AT}
    return render(request, "backends/list.html", context)


@login_required
@require_safe
def backend_page(request: HttpRequest, name: str) -> HttpResponse:
    """What it can do, whether it would start, and how the user's jobs went on it."""
    user: Any = request.user
    try:
        backend = registry.get(name)
    except UnknownBackend as error:
        raise Http404(str(error)) from error
    offers = offers_seen_by(user)
    revisions = revisions_on(name)
    rows = listed(user).filter(source_revision__in=revisions).order_by("-created_at", "-pk")
    ended = list(rows.values_list(*ENDED)[:LOOKED_AT])
    context = {
        "name": name,
        "backend": backend,
        "available": availability(name, offers),
        "limits": limits(backend),
        "price": price_words(backend),
        "prices": prices(backend) if backend.capabilities.paid else None,
        "devices": devices(name, offers),
        "settings": settings(backend),
        "figures": figures(ended),
        "jobs": rows[:RECENT],
        "projects": _projects(user, revisions),
        "around": [one for one in registry.names() if one.endswith(f"+{name}")],
        "looked_at": LOOKED_AT,
    }
    return render(request, "backends/page.html", context)


def _projects(user: Any, revisions: list[Any]) -> list[Project]:
    """Of the user, those with a source on it."""
    rows = projects_visible_to(user).filter(sources__revisions__in=revisions)
    return list(rows.only("pk", "name").distinct()[:PROJECTS])
