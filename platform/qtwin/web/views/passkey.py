"""Signing in with a passkey alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from qtwin.accounts.services import passkey_use
from qtwin.accounts.services.passkey import PasskeyRefused
from qtwin.web.entrance.enter import enter, pending
from qtwin.web.entrance.passkey import answered, keep, named, site_of
from qtwin.web.entrance.target import target_of


@never_cache
@require_http_methods(["GET", "POST"])
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """Which passkey, and so who it is, the browser says; it may be the second step too."""
    waiting = pending(request)
    target = target_of(request, waiting[1].target if waiting else "/")
    if request.user.is_authenticated:
        return redirect(target)
    if request.method == "GET":
        return _show(request, target)
    pair = answered(request)
    try:
        if pair is None:
            raise PasskeyRefused("this took too long; try again")
        used = passkey_use(site=site_of(request), state=pair[0], answer=pair[1])
    except PasskeyRefused as refused:
        return _show(request, target, error=f"{str(refused).capitalize()}.")
    return enter(request, used.user, how="passkey", target=target)


def _show(request: HttpRequest, target: str, *, error: str = "") -> HttpResponse:
    from qtwin.accounts import webauthn  # heavy, and rarely needed

    context: dict[str, Any] = {"next": target, "error": error, "named": named(request)}
    if context["named"]:
        context["options"], state = webauthn.use_begin(site_of(request))
        keep(request, state)
    return render(request, "session/passkey.html", context, status=400 if error else 200)
