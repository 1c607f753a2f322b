"""Whom a project is shown to: roles of its people, links, and everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from qtwin.accounts.models import Role, User
from qtwin.projects.models import Project, ProjectMember
from qtwin.projects.models.member import GIVEN, GUESTS
from qtwin.projects.roster import roster_of
from qtwin.projects.selectors import links_shown, projects_managed_by
from qtwin.projects.services import (
    project_link_create,
    project_link_revoke,
    project_member_end,
    project_member_set,
    project_publish,
)
from qtwin.projects.services.member import MemberRefused
from qtwin.web.embed import embed_of

LASTS_DAYS = (7, 30, 90, 365)
LONGEST_LABEL = 120


@login_required
@require_safe
def sharing_page(request: HttpRequest, project_id: UUID) -> HttpResponse:
    return _show(request, _managed(request, project_id))


@login_required
@require_POST
def place_set(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Give the person of the form a role here."""
    project, by = _managed(request, project_id), _user(request)
    email = request.POST.get("email", "").strip().lower()
    if request.POST.get("role") not in GIVEN:
        return HttpResponseBadRequest(f"role: allowed: {', '.join(GIVEN)}")
    person = User.objects.filter(email=email, is_active=True).first()
    if person is None:
        error = f"“{email}” has no account here. Invite them to a team first."
        return _show(request, project, error=error, status=400)
    try:
        project_member_set(project=project, user=person, role=Role(request.POST["role"]), by=by)
    except MemberRefused as refused:
        return _show(request, project, error=f"Nothing was changed: {refused}.", status=409)
    return redirect("web:sharing", project_id=project.pk)


@login_required
@require_POST
def place_end(request: HttpRequest, project_id: UUID, user_id: UUID) -> HttpResponse:
    """Let the team's role count again, or a guest go."""
    project, by = _managed(request, project_id), _user(request)
    rows = ProjectMember.objects.filter(project=project).select_related("project__team", "user")
    try:
        project_member_end(member=get_object_or_404(rows, user=user_id), by=by)
    except MemberRefused as refused:
        return _show(request, project, error=f"Nothing was changed: {refused}.", status=409)
    return redirect("web:sharing", project_id=project.pk)


@login_required
@require_POST
def guest_leave(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Leave a project that let the user in."""
    rows = ProjectMember.objects.filter(membership=None, user=_user(request))
    own = get_object_or_404(rows.select_related("project__team", "user"), project=project_id)
    project_member_end(member=own, by=_user(request))
    return redirect("web:projects")


@login_required
@require_POST
def public_set(request: HttpRequest, project_id: UUID) -> HttpResponse:
    project = _managed(request, project_id)
    project_publish(project=project, public="public" in request.POST, by=_user(request))
    return redirect("web:sharing", project_id=project.pk)


@login_required
@require_POST
def link_create(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Make a link; this page is the only one that shows it."""
    project, label = _managed(request, project_id), request.POST.get("label", "").strip()
    days = request.POST.get("days", "")
    if days not in map(str, LASTS_DAYS):
        return HttpResponseBadRequest(f"days: allowed: {', '.join(map(str, LASTS_DAYS))}")
    if not 0 < len(label) <= LONGEST_LABEL:
        error = f"A link’s name has 1 to {LONGEST_LABEL} characters; this one has {len(label)}."
        return _show(request, project, error=error, status=400)
    expires_at = timezone.now() + timedelta(days=int(days))
    _, secret = project_link_create(
        project=project, label=label, by=_user(request), expires_at=expires_at
    )
    link = request.build_absolute_uri(reverse("web:shared", args=[secret]))
    embed = embed_of(request, project, secret=secret)
    response = _show(request, project, link=link, embed=embed)
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def link_revoke(request: HttpRequest, project_id: UUID, link_id: UUID) -> HttpResponse:
    project = _managed(request, project_id)
    link = get_object_or_404(links_shown(project), pk=link_id)
    project_link_revoke(link=link, by=_user(request))
    return redirect("web:sharing", project_id=project.pk)


def _user(request: HttpRequest) -> User:
    user: Any = request.user
    return user  # type: ignore[no-any-return]  # signed in, or the view was not reached


def _managed(request: HttpRequest, project_id: UUID) -> Project:
    rows = projects_managed_by(_user(request)).select_related("team")
    return get_object_or_404(rows, pk=project_id)


def _show(
    request: HttpRequest,
    project: Project,
    *,
    error: str = "",
    link: str = "",
    embed: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "project": project,
        "places": roster_of(project),
        "links": links_shown(project),
        "given": [(role.value, role.label) for role in GIVEN],
        "guest_roles": [(role.value, role.label) for role in GUESTS],
        "lasts": LASTS_DAYS,
        "link": link,
        "embed": embed,
        "public_embed": embed_of(request, project) if project.public else "",
        "error": error,
    }
    return render(request, "projects/sharing.html", context, status=status)
