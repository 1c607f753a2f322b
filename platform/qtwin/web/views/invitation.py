"""Inviting people on a team's page, and the page that an invitation's link opens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from qtwin.accounts.models import Membership, Role, User
from qtwin.accounts.selectors import invitation_of, invitations_open, teams_managed_by
from qtwin.accounts.services import (
    invitation_accept,
    invitation_register,
    invitation_revoke,
    invitation_send,
)
from qtwin.accounts.services.invitation import InvitationRefused, digest_of
from qtwin.web.entrance.enter import enter
from qtwin.web.views.team import LONGEST_NAME, show_team


@login_required
@require_POST
def invitation_create(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Invite the person of the form; the page shows the link if it was not mailed."""
    user: Any = request.user
    team = get_object_or_404(teams_managed_by(user), pk=team_id)
    email = request.POST.get("email", "").strip()
    if request.POST.get("role") not in Role.values:
        return HttpResponseBadRequest(f"role: allowed: {', '.join(Role.values)}")
    try:
        validate_email(email)
        made = invitation_send(
            team=team,
            email=email,
            role=Role(request.POST["role"]),
            by=user,
            address=lambda secret: request.build_absolute_uri(
                reverse("web:invitation", args=[secret])
            ),
        )
    except ValidationError:
        error = f"“{email}” is no e-mail address; nobody was invited."
        return show_team(request, team, error=error, status=400)
    except InvitationRefused as refused:
        return show_team(request, team, error=f"Nobody was invited: {refused}.", status=409)
    return show_team(request, team, invited=made)


@login_required
@require_POST
def invitation_end(request: HttpRequest, team_id: UUID, invitation_id: UUID) -> HttpResponse:
    user: Any = request.user
    team = get_object_or_404(teams_managed_by(user), pk=team_id)
    row = get_object_or_404(invitations_open(team), pk=invitation_id)
    invitation_revoke(invitation=row, by=user)
    return redirect("web:team", team_id=team.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_page(request: HttpRequest, secret: str) -> HttpResponse:
    """What it invites to; its button, not the visit, accepts."""
    if request.method != "POST":
        return _show(request, secret)
    user: Any = request.user
    try:
        if user.is_authenticated:
            membership = invitation_accept(secret=secret, user=user)
        else:
            membership = _registered(request, secret)
    except InvitationRefused as refused:
        return _show(request, secret, error=f"{refused}.", status=409)
    except ValidationError as error:
        return _show(request, secret, error=" ".join(error.messages), status=400)
    return redirect("web:team", team_id=membership.team_id)


def _registered(request: HttpRequest, secret: str) -> Membership:
    name = request.POST.get("name", "").strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise ValidationError(f"A name has 1 to {LONGEST_NAME} characters.")
    membership = invitation_register(
        secret=secret, name=name, password=request.POST.get("password", "")
    )
    enter(request, membership.user, how="invitation")
    return membership


def _show(request: HttpRequest, secret: str, *, error: str = "", status: int = 200) -> HttpResponse:
    invitation = invitation_of(digest_of(secret))
    if invitation is None:
        return render(request, "teams/invitation_gone.html", status=410)
    user: Any = request.user
    context = {
        "invitation": invitation,
        "error": error,
        "typed_name": request.POST.get("name", ""),
        "known": User.objects.filter(email=invitation.email).exists(),
        "fits": user.is_authenticated and user.email.lower() == invitation.email,
    }
    return render(request, "teams/invitation.html", context, status=status)
