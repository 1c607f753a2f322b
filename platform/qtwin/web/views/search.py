"""The results of a search, by kind."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from qtwin.search.find import MANY, find
from qtwin.search.hit import Kind
from qtwin.search.words import Query
from qtwin.web.palette import pages_named

HEADS = {
    Kind.PROJECTS: "Projects",
    Kind.JOBS: "Jobs",
    Kind.SOURCES: "Sources",
    Kind.CAMPAIGNS: "Campaigns",
    Kind.BACKENDS: "Backends",
    Kind.TEAMS: "Teams",
    Kind.DOCS: "Documentation",
}


@login_required
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    query = Query.of(request.GET.get("q", ""))
    said = request.GET.get("kind", "")
    only = Kind(said) if said in set(Kind) else None
    groups = find(user, query.text, only=only)
    context = {
        "query": query.text,
        "only": HEADS[only] if only else "",
        "groups": [{"head": HEADS[group.kind], "group": group} for group in groups],
        "pages": pages_named(query) if query and only is None else [],
        "many": MANY,
    }
    return render(request, "search/page.html", context)
