"""Filters that people keep: saved, renamed and deleted from the lists that they are of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_POST

from qtwin.accounts.selectors import teams_visible_to
from qtwin.saved.selectors import filters_deletable_by, filters_editable_by
from qtwin.saved.services import FilterRefused, filter_delete, filter_rename, filter_save
from qtwin.web.typed import typed_uuid

LISTS = {"projects", "jobs", "campaigns", "audit"}
"""Names of the routes whose filters may be kept."""


@login_required
@require_POST
def saved_create(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    path = request.POST.get("path", "")
    if not _is_list(path):
        return HttpResponseBadRequest(f"path: allowed: those of {', '.join(sorted(LISTS))}")
    said = request.POST.get("team", "")
    team = get_object_or_404(teams_visible_to(user), pk=typed_uuid(said)) if said else None
    query, name = request.POST.get("query", ""), request.POST.get("name", "")
    try:
        made = filter_save(user=user, path=path, query=query, name=name, team=team)
    except FilterRefused as error:
        return _refused(request, str(error), f"{path}?{query}")
    return redirect(made.address)


@login_required
@require_POST
def saved_action(request: HttpRequest, filter_id: UUID, verb: str) -> HttpResponse:
    """Rename or delete."""
    rows = {"rename": filters_editable_by, "delete": filters_deletable_by}
    if verb not in rows:
        raise Http404
    row = get_object_or_404(rows[verb](request.user), pk=filter_id)
    if verb == "delete":
        filter_delete(row=row)
        return redirect(row.path)
    try:
        filter_rename(row=row, name=request.POST.get("name", ""))
    except FilterRefused as error:
        return _refused(request, str(error), row.address)
    return redirect(row.address)


def _is_list(path: str) -> bool:
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return match.view_name in {f"web:{name}" for name in LISTS}


def _refused(request: HttpRequest, why: str, back: str) -> HttpResponse:
    return render(request, "parts/saved_refused.html", {"why": why, "back": back}, status=400)
