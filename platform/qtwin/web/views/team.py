"""A team: who is in it and what each may do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from qtwin.accounts.models import Role, Team
from qtwin.accounts.selectors import (
    members_of,
    teams_managed_by,
    teams_visible_to,
    teams_writable_by,
)
from qtwin.accounts.services import membership_change
from qtwin.accounts.services.team import MembershipRefused
from qtwin.accounts.vendors import vendors
from qtwin.web.devices import keys, offers


@login_required
@require_safe
def team_page(request: HttpRequest, team_id: UUID) -> HttpResponse:
    user: Any = request.user
    return show_team(request, get_object_or_404(teams_visible_to(user), pk=team_id))


@login_required
@require_POST
def member_change(request: HttpRequest, team_id: UUID, user_id: UUID) -> HttpResponse:
    """Give a member the role and the right that the row of the form says."""
    user: Any = request.user
    team = get_object_or_404(teams_managed_by(user), pk=team_id)
    membership = get_object_or_404(members_of(team), user=user_id)
    if request.POST.get("role") not in Role.values:
        return HttpResponseBadRequest(f"role: allowed: {', '.join(Role.values)}")
    try:
        membership_change(
            membership=membership,
            by=user,
            role=Role(request.POST["role"]),
            may_approve="may_approve" in request.POST,
        )
    except MembershipRefused as refused:
        return show_team(request, team, error=f"Nothing was changed: {refused}.", status=409)
    return redirect("web:team", team_id=team.pk)


def show_team(
    request: HttpRequest, team: Team, *, error: str = "", status: int = 200
) -> HttpResponse:
    """The page, with what was wrong with a form that was sent from it."""
    user: Any = request.user
    may_manage = teams_managed_by(user).filter(pk=team.pk).exists()
    shown = offers(team)
    held = keys(team) if may_manage else []
    context = {
        "team": team,
        "keys": held,
        "vendors": list(vendors()) if may_manage else [],
        "offers": shown,
        "may_refresh": teams_writable_by(user).filter(pk=team.pk).exists(),
        "under_way": any(offer.asking for offer in shown) and not error,
        "members": members_of(team),
        "roles": Role.choices,
        "may_manage": may_manage,
        "error": error,
    }
    return render(request, "teams/page.html", context, status=status)
