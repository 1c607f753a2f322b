"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from qtwin.accounts.provider import provider
from qtwin.accounts.services import password_verify, sign_in_link_redeem
from qtwin.accounts.services.guess import TooManyGuesses
from qtwin.web.entrance.browser import network_address
from qtwin.web.entrance.enter import enter
from qtwin.web.entrance.target import target_of


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail address and password; the same answer for an unknown address and a wrong password."""
    target = target_of(request)
    if request.user.is_authenticated:
        return redirect(target)
    context: dict[str, Any] = {
        "next": target,
        "email": request.POST.get("email", ""),
        "provider": provider(),
    }
    if request.method == "GET":
        return render(request, "session/sign_in.html", context)
    try:
        user = password_verify(
            email=context["email"],
            password=request.POST.get("password", ""),
            address=network_address(request),
        )
    except TooManyGuesses as wait:
        context["error"] = "Too many attempts. Wait 15 minutes, or use a sign-in link."
        response = render(request, "session/sign_in.html", context, status=429)
        response["Retry-After"] = str(wait.pause_s)
        return response
    if user is None:
        context["error"] = "This e-mail address and password do not match."
        return render(request, "session/sign_in.html", context, status=400)
    return enter(request, user, how="password", target=target)


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link. Only its button redeems it: mail scanners and previews fetch addresses."""
    if request.method == "GET":
        return render(request, "session/link.html")
    user = sign_in_link_redeem(token=token)
    if user is None:
        return render(request, "session/link_used.html", status=410)
    return enter(request, user, how="link")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("web:sign-in")
