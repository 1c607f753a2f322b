"""Signing in at the organisation's provider, and linking who one is there."""

from __future__ import annotations

import logging
import time
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from qtwin.accounts.confirmation import confirmed
from qtwin.accounts.provider import Provider, provider
from qtwin.accounts.selectors import identities_of
from qtwin.accounts.services import identity_link, identity_unlink, identity_user
from qtwin.accounts.services.identity import IdentityRefused
from qtwin.web.entrance.confirmed import ask_to_confirm, confirmed_only
from qtwin.web.entrance.enter import enter
from qtwin.web.entrance.target import target_of
from qtwin.web.views.account.page import show_account

KEPT = "oidc"
LASTS_S = 600
log = logging.getLogger(__name__)


@never_cache
@require_GET
def oidc_sign_in(request: HttpRequest) -> HttpResponse:
    """To the provider."""
    chosen = _provider()
    target = target_of(request)
    if request.user.is_authenticated:
        return redirect(target)
    address = _begin(request, chosen, target=target, user_id="")
    return redirect(address) if address else _refuse(request, "cannot be reached now", status=503)


@never_cache
@require_GET
def oidc_callback(request: HttpRequest) -> HttpResponse:
    """Back from it: only for the browser that was sent, once, within ten minutes."""
    from qtwin.accounts import oidc  # heavy, and rarely needed

    chosen = _provider()
    kept = request.session.pop(KEPT, None)
    if not kept or kept["until"] < time.time():
        return _refuse(request, "took too long; try again", status=400)
    try:
        back = _back(request)
        claims = oidc.end(chosen, back=back, kept=kept, query=request.GET.dict())
    except oidc.OidcFailed as failed:
        log.warning("sign-in by the provider failed: %s", failed)
        return _refuse(request, "did not work; try again", status=400)
    if kept["user_id"]:
        return _link(request, kept["user_id"], claims)
    user = identity_user(claims=claims, by_email=chosen.matches_email)
    if user is None:
        return _refuse(request, "knows you, but no account here is yours", status=403)
    return enter(request, user, how="oidc", target=kept["target"])


@confirmed_only
@never_cache
@require_POST
def identity_new(request: HttpRequest) -> HttpResponse:
    """Offers the way to the provider: as a link, since a form may lead to this site only."""
    user: Any = request.user
    chosen = _provider()
    address = _begin(request, chosen, target=reverse("web:account"), user_id=str(user.pk))
    if not address:
        return show_account(
            request, errors={"identity": [f"{chosen.name} cannot be reached now."]}, status=503
        )
    context = {"address": address, "provider": chosen}
    return render(request, "account/identity.html", context)


@login_required
@require_POST
def identity_end(request: HttpRequest, identity_id: UUID) -> HttpResponse:
    user: Any = request.user
    row = get_object_or_404(identities_of(user), pk=identity_id)
    if not confirmed(request.session):
        return ask_to_confirm(request)
    try:
        identity_unlink(user=user, identity_id=row.pk)
    except IdentityRefused as refused:
        wrong = f"{str(refused).capitalize()}."
        return show_account(request, errors={"identity": [wrong]}, status=409)
    return redirect("/account?done=identity-removed")


def _provider() -> Provider:
    chosen = provider()
    if chosen is None:
        raise Http404
    return chosen


def _begin(request: HttpRequest, chosen: Provider, *, target: str, user_id: str) -> str:
    """The provider's address; empty if it cannot be reached."""
    from qtwin.accounts import oidc

    try:
        address, kept = oidc.begin(chosen, back=_back(request))
    except oidc.OidcFailed as failed:
        log.warning("sign-in by the provider cannot begin: %s", failed)
        return ""
    until = time.time() + LASTS_S
    request.session[KEPT] = {**kept, "target": target, "user_id": user_id, "until": until}
    return address


def _link(request: HttpRequest, user_id: str, claims: Any) -> HttpResponse:
    user: Any = request.user
    if not user.is_authenticated or str(user.pk) != user_id:
        return _refuse(request, "took too long; try again", status=400)
    try:
        identity_link(user=user, claims=claims)
    except IdentityRefused as refused:
        wrong = f"Nothing was linked: {refused}."
        return show_account(request, errors={"identity": [wrong]}, status=409)
    return redirect("/account?done=identity")


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("web:oidc-callback"))


def _refuse(request: HttpRequest, what: str, *, status: int) -> HttpResponse:
    chosen = _provider()
    sentence = f"{chosen.name[:1].upper()}{chosen.name[1:]} {what}."
    context = {"error": sentence, "provider": chosen, "next": "/"}
    return render(request, "session/sign_in.html", context, status=status)
