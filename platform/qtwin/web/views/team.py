"""One's teams; and a team: who is in it, what each may do, and who is invited."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qtwin.accounts.models import Role, Team, User
from qtwin.accounts.models.team import RISING
from qtwin.accounts.selectors import (
    invitations_open,
    members_of,
    memberships_of,
    teams_managed_by,
    teams_visible_to,
    teams_writable_by,
)
from qtwin.accounts.services import team_create, team_rename
from qtwin.accounts.services.invitation import Invited
from qtwin.accounts.vendors import vendors
from qtwin.projects.models import Budget, DailyLimit, Period, Unit
from qtwin.projects.services import budget_set
from qtwin.web.budgets import team_budget_lines
from qtwin.web.devices import keys, offers
from qtwin.web.views.account.token import NotTyped, usd
from qtwin.webhooks.kinds import ASKED
from qtwin.webhooks.selectors import webhooks_of

LONGEST_NAME = 120


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_list(request: HttpRequest) -> HttpResponse:
    """The user's teams, and a form for another one."""
    user: Any = request.user
    if request.method != "POST":
        return render(request, "teams/list.html", {"memberships": memberships_of(user)})
    name = request.POST.get("name", "").strip()
    if not 0 < len(name) <= LONGEST_NAME:
        error = f"A team’s name has 1 to {LONGEST_NAME} characters; this one has {len(name)}."
        context = {"memberships": memberships_of(user), "error": error}
        return render(request, "teams/list.html", context, status=400)
    return redirect("web:team", team_id=team_create(name=name, owner=user).pk)


@login_required
@require_safe
def team_page(request: HttpRequest, team_id: UUID) -> HttpResponse:
    user: Any = request.user
    return show_team(request, get_object_or_404(teams_visible_to(user), pk=team_id))


@login_required
@require_POST
def team_name(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Rename the team."""
    user: Any = request.user
    team = get_object_or_404(teams_managed_by(user), pk=team_id)
    name = request.POST.get("name", "").strip()
    if not 0 < len(name) <= LONGEST_NAME:
        error = f"A team’s name has 1 to {LONGEST_NAME} characters; this one has {len(name)}."
        return show_team(request, team, error=error, status=400)
    team_rename(team=team, name=name, by=user)
    return redirect("web:team", team_id=team.pk)


@login_required
@require_POST
def team_budget(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Limit the money that the team may spend, in all or each day."""
    user: Any = request.user
    team = get_object_or_404(teams_managed_by(user), pk=team_id)
    period = request.POST.get("period", "")
    try:
        limit = usd(request.POST.get("limit", ""))
    except NotTyped as wrong:
        return show_team(request, team, error=str(wrong), status=400)
    if limit is None or period not in Period.values:
        error = "Type the limit in USD, and choose of what it is."
        return show_team(request, team, error=error, status=400)
    budget_set(
        scope=team,
        unit=Unit.MONEY,
        period=Period(period),
        limit=limit,
        per_job=_per_job(team, Period(period)),
        by=user,
    )
    return redirect("web:team", team_id=team.pk)


def _per_job(team: Team, period: Period) -> int | None:
    """What one job may use, which stays as it was set elsewhere."""
    rows = Budget.objects.filter(period=period) if period == Period.TOTAL else DailyLimit.objects
    return rows.filter(team=team, unit=Unit.MONEY).values_list("per_job", flat=True).first()


def show_team(
    request: HttpRequest,
    team: Team,
    *,
    error: str = "",
    invited: Invited | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with what was wrong with a form that was sent from it.

    Args:
        invited: Whose link is to be shown, for the only time.
    """
    user: Any = request.user
    may_manage = teams_managed_by(user).filter(pk=team.pk).exists()
    shown = offers(team)
    context = {
        "team": team,
        "keys": keys(team) if may_manage else [],
        "vendors": list(vendors()) if may_manage else [],
        "webhooks": webhooks_of(team) if may_manage else [],
        "events": ASKED,
        "offers": shown,
        "budgets": team_budget_lines(user, team),
        "may_refresh": teams_writable_by(user).filter(pk=team.pk).exists(),
        "under_way": any(offer.asking for offer in shown) and not error and invited is None,
        "may_manage": may_manage,
        "invited": invited,
        "error": error,
        **_people(team, user),
    }
    response = render(request, "teams/page.html", context, status=status)
    if invited is not None:
        response["Cache-Control"] = "no-store"
    return response


def _people(team: Team, user: User) -> dict[str, Any]:
    members = list(members_of(team))
    own = next(member for member in members if member.user_id == user.pk)
    rank = RISING.index(Role(own.role))
    return {
        "members": members,
        "own": own,
        "is_owner": own.role == Role.OWNER,
        "others": [member for member in members if member.pk != own.pk],
        "roles": Role.choices,
        "roles_to_give": [(role.value, role.label) for role in RISING[: rank + 1]],
        "invitations": invitations_open(team),
    }
