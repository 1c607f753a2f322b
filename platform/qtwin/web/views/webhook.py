"""A team's webhooks: what a team's page makes of them, and the page of one with its deliveries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from qtwin.accounts.models import User
from qtwin.accounts.selectors import teams_managed_by
from qtwin.web.views.team import show_team
from qtwin.webhooks.kinds import ASKED
from qtwin.webhooks.models import Webhook
from qtwin.webhooks.selectors import deliveries_of, webhooks_of
from qtwin.webhooks.services import (
    delivery_again,
    delivery_test,
    webhook_change,
    webhook_create,
    webhook_delete,
)
from qtwin.webhooks.services.delivery import IsOff
from qtwin.webhooks.services.webhook import TooMany
from qtwin.webhooks.target import BadTarget

SHOWN = 50


@login_required
@require_safe
def webhook_page(request: HttpRequest, team_id: UUID, webhook_id: UUID) -> HttpResponse:
    return _show(request, _managed(request, team_id, webhook_id))


@login_required
@require_POST
def webhook_add(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Make one; the answer shows its secret, for the only time."""
    user: Any = request.user
    team = get_object_or_404(teams_managed_by(user), pk=team_id)
    url, events = request.POST.get("url", "").strip(), request.POST.getlist("events")
    if not events or set(events) - set(ASKED):
        return show_team(request, team, error=NO_EVENTS, status=400)
    try:
        made, secret = webhook_create(team=team, url=url, events=events, by=user)
    except (BadTarget, TooMany) as refused:
        return show_team(request, team, error=f"No webhook was made: {refused}.", status=400)
    return _show(request, made, secret=secret)


@login_required
@require_POST
def webhook_action(
    request: HttpRequest, team_id: UUID, webhook_id: UUID, verb: str
) -> HttpResponse:
    """Change, test, switch or delete one."""
    user: Any = request.user
    webhook = _managed(request, team_id, webhook_id)
    if verb == "delete":
        webhook_delete(webhook=webhook, by=user)
        return redirect("web:team", team_id=team_id)
    try:
        _act(request, webhook, user, verb)
    except (BadTarget, IsOff) as refused:
        return _show(request, webhook, error=f"Nothing was changed: {refused}.", status=409)
    return redirect("web:webhook", team_id=team_id, webhook_id=webhook_id)


@login_required
@require_POST
def delivery_action(
    request: HttpRequest, team_id: UUID, webhook_id: UUID, delivery_id: UUID
) -> HttpResponse:
    """Send one message again."""
    user: Any = request.user
    webhook = _managed(request, team_id, webhook_id)
    delivery = get_object_or_404(deliveries_of(webhook), pk=delivery_id)
    try:
        delivery_again(delivery=delivery, by=user)
    except IsOff as refused:
        return _show(request, webhook, error=f"Nothing was sent: {refused}.", status=409)
    return redirect("web:webhook", team_id=team_id, webhook_id=webhook_id)


NO_EVENTS = "No webhook was made: choose at least one event."


def _act(request: HttpRequest, webhook: Webhook, user: User, verb: str) -> None:
    if verb == "test":
        delivery_test(webhook=webhook, by=user)
    elif verb in {"on", "off"}:
        webhook_change(webhook=webhook, by=user, on=verb == "on")
    elif verb == "change":
        events = [event for event in request.POST.getlist("events") if event in ASKED]
        if not events:
            raise BadTarget("choose at least one event")
        url = request.POST.get("url", "").strip()
        webhook_change(webhook=webhook, by=user, url=url, events=events)
    else:
        raise Http404


def _managed(request: HttpRequest, team_id: UUID, webhook_id: UUID) -> Webhook:
    user: Any = request.user
    team = get_object_or_404(teams_managed_by(user), pk=team_id)
    found: Webhook = get_object_or_404(webhooks_of(team), pk=webhook_id)
    return found


def _show(
    request: HttpRequest, webhook: Webhook, *, secret: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    deliveries = list(deliveries_of(webhook)[:SHOWN])
    context = {
        "webhook": webhook,
        "team": webhook.team,
        "events": ASKED,
        "deliveries": deliveries,
        "secret": secret,
        "error": error,
        "under_way": not secret
        and not error
        and any(one.state == "waiting" and not one.attempts for one in deliveries),
    }
    response = render(request, "webhooks/page.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
