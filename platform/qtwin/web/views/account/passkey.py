"""A person's passkeys: made, used to confirm, and removed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from qtwin.accounts.confirmation import confirm, confirmed
from qtwin.accounts.selectors import passkeys_of
from qtwin.accounts.services import (
    passkey_add,
    passkey_remove,
    passkey_use,
    second_step_ended,
)
from qtwin.accounts.services.passkey import LONGEST_NAME, PasskeyRefused
from qtwin.web.entrance.browser import spoken
from qtwin.web.entrance.confirmed import ask_to_confirm, confirmed_only
from qtwin.web.entrance.passkey import answered, keep, named, site_of
from qtwin.web.entrance.target import target_of
from qtwin.web.views.account.totp import recovered

LATE = "this took too long; try again"


@confirmed_only
@never_cache
@require_http_methods(["GET", "POST"])
def passkey_page(request: HttpRequest) -> HttpResponse:
    """Makes one in this browser or on a device near it."""
    user: Any = request.user
    if request.method == "GET":
        return _offer(request)
    pair = answered(request)
    name = request.POST.get("name", "").strip()[:LONGEST_NAME] or _default(request)
    try:
        if pair is None:
            raise PasskeyRefused(LATE)
        passkey_add(user=user, name=name, site=site_of(request), state=pair[0], answer=pair[1])
    except PasskeyRefused as refused:
        return _offer(request, error=f"{str(refused).capitalize()}.")
    return recovered(request) or redirect("/account?done=passkey")


@login_required
@require_POST
def passkey_end(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    user: Any = request.user
    row = get_object_or_404(passkeys_of(user), pk=passkey_id)
    if not confirmed(request.session):
        return ask_to_confirm(request)
    passkey_remove(user=user, passkey_id=row.pk)
    second_step_ended(user=user)
    return redirect("/account?done=passkey-removed")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def passkey_confirm(request: HttpRequest) -> HttpResponse:
    """It is still you, says one of your passkeys."""
    user: Any = request.user
    target = target_of(request, "/account")
    pair = answered(request) if request.method == "POST" else None
    error = ""
    if request.method == "POST":
        try:
            if pair is None:
                raise PasskeyRefused(LATE)
            passkey_use(site=site_of(request), state=pair[0], answer=pair[1], user=user)
        except PasskeyRefused as refused:
            error = f"{str(refused).capitalize()}."
        else:
            confirm(request.session)
            return redirect(target)
    return _ask(request, target, error=error)


def _offer(request: HttpRequest, *, error: str = "") -> HttpResponse:
    from qtwin.accounts import webauthn  # heavy, and rarely needed

    user: Any = request.user
    context: dict[str, Any] = {
        "error": error,
        "named": named(request),
        "default": _default(request),
    }
    if context["named"]:
        context["options"], state = webauthn.create_begin(
            site_of(request),
            user_id=user.pk.bytes,
            name=user.name,
            email=user.email,
            known=[bytes(one.credential) for one in passkeys_of(user)],
        )
        keep(request, state)
    return render(request, "account/passkey.html", context, status=400 if error else 200)


def _ask(request: HttpRequest, target: str, *, error: str) -> HttpResponse:
    from qtwin.accounts import webauthn

    user: Any = request.user
    known = [bytes(one.credential) for one in passkeys_of(user)]
    if not known:
        return redirect("web:confirm")
    options, state = webauthn.use_begin(site_of(request), known)
    keep(request, state)
    context = {"next": target, "error": error, "named": named(request), "options": options}
    return render(request, "account/passkey_confirm.html", context, status=400 if error else 200)


def _default(request: HttpRequest) -> str:
    return spoken(request.META.get("HTTP_USER_AGENT", ""))
