"""What a team's page does with members: changed, taken out, left, handed over to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from qtwin.accounts.models import Membership, Role, Team
from qtwin.accounts.selectors import (
    members_of,
    memberships_of,
    teams_managed_by,
    teams_owned_by,
)
from qtwin.accounts.services import membership_change, membership_end, team_hand_over
from qtwin.accounts.services.membership import MembershipRefused
from qtwin.web.typed import typed_uuid
from qtwin.web.views.team import show_team


@login_required
@require_POST
def member_change(request: HttpRequest, team_id: UUID, user_id: UUID) -> HttpResponse:
    """Give a member the role and the right that the row of the form says."""
    user: Any = request.user
    team, membership = _of_managed(request, team_id, user_id)
    if request.POST.get("role") not in Role.values:
        return HttpResponseBadRequest(f"role: allowed: {', '.join(Role.values)}")
    owns = teams_owned_by(user).filter(pk=team.pk).exists()
    try:
        membership_change(
            membership=membership,
            by=user,
            role=Role(request.POST["role"]),
            may_approve="may_approve" in request.POST if owns else None,
        )
    except MembershipRefused as refused:
        return show_team(request, team, error=f"Nothing was changed: {refused}.", status=409)
    return redirect("web:team", team_id=team.pk)


@login_required
@require_POST
def member_end(request: HttpRequest, team_id: UUID, user_id: UUID) -> HttpResponse:
    """Take a member out of the team."""
    user: Any = request.user
    team, membership = _of_managed(request, team_id, user_id)
    try:
        membership_end(membership=membership, by=user)
    except MembershipRefused as refused:
        return show_team(request, team, error=f"Nobody was taken out: {refused}.", status=409)
    if membership.user_id == user.pk:
        return redirect("web:teams")
    return redirect("web:team", team_id=team.pk)


@login_required
@require_POST
def team_leave(request: HttpRequest, team_id: UUID) -> HttpResponse:
    user: Any = request.user
    membership = get_object_or_404(memberships_of(user), team=team_id)
    try:
        membership_end(membership=membership, by=user)
    except MembershipRefused as refused:
        error = f"You did not leave: {refused}. Hand the team over first."
        return show_team(request, membership.team, error=error, status=409)
    return redirect("web:teams")


@login_required
@require_POST
def team_hand(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Make the chosen member an owner in the user's place."""
    user: Any = request.user
    team = get_object_or_404(teams_owned_by(user), pk=team_id)
    to = get_object_or_404(members_of(team), user=typed_uuid(request.POST.get("to", "")))
    try:
        team_hand_over(to=to, by=user)
    except MembershipRefused as refused:
        return show_team(request, team, error=f"Nothing was handed over: {refused}.", status=409)
    return redirect("web:team", team_id=team.pk)


def _of_managed(request: HttpRequest, team_id: UUID, user_id: UUID) -> tuple[Team, Membership]:
    user: Any = request.user
    team = get_object_or_404(teams_managed_by(user), pk=team_id)
    return team, get_object_or_404(members_of(team), user=user_id)
