"""What a team's page does with keys to vendors: add, test, revoke, ask for devices again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from qtwin.accounts.selectors import credentials_of, teams_managed_by, teams_writable_by
from qtwin.accounts.services import (
    credential_add,
    credential_revoke,
    credential_test_ask,
    devices_refresh,
)
from qtwin.accounts.services.credential import MOST_SECRET, SecretRefused
from qtwin.accounts.services.credential_test import CannotTest
from qtwin.web.views.team import show_team

LONGEST_LABEL = 120


@login_required
@require_POST
def credential_create(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Keep the key of the form and have it tested; a refused one is not shown again."""
    user: Any = request.user
    team = get_object_or_404(teams_managed_by(user), pk=team_id)
    vendor, label, secret = (
        request.POST.get(name, "").strip() for name in ("vendor", "label", "secret")
    )
    if not 0 < len(label) <= LONGEST_LABEL or not 0 < len(secret) <= MOST_SECRET:
        error = f"A key needs a name of 1 to {LONGEST_LABEL} characters and 1 to {MOST_SECRET}"
        return show_team(request, team, error=f"{error} characters of its own.", status=400)
    try:
        made = credential_add(team=team, vendor=vendor, label=label, secret=secret, by=user)
    except SecretRefused as refused:
        where = refused.pointer.removeprefix("/").replace("/", ": ")
        return show_team(request, team, error=f"{where}: {refused}.", status=400)
    credential_test_ask(credential=made, by=user)
    return redirect("web:team", team_id=team.pk)


@login_required
@require_POST
def credential_action(
    request: HttpRequest, team_id: UUID, credential_id: UUID, verb: str
) -> HttpResponse:
    """Test or revoke one key."""
    user: Any = request.user
    team = get_object_or_404(teams_managed_by(user), pk=team_id)
    credential = get_object_or_404(credentials_of(team), pk=credential_id)
    if verb == "revoke":
        credential_revoke(credential=credential, by=user)
    elif verb == "test":
        try:
            credential_test_ask(credential=credential, by=user)
        except CannotTest as error:
            return show_team(request, team, error=f"Nothing was asked: {error}.", status=409)
    else:
        raise Http404
    return redirect("web:team", team_id=team.pk)


@login_required
@require_POST
def devices_again(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Ask every vendor of the team for its devices."""
    user: Any = request.user
    team = get_object_or_404(teams_writable_by(user), pk=team_id)
    devices_refresh(team=team, by=user)
    return redirect("web:team", team_id=team.pk)
