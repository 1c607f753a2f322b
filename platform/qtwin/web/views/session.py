"""Signing in and out."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from qtwin.accounts.services import sign_in_link_redeem
from qtwin.web import throttle


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail address and password; the same answer for an unknown address and a wrong password."""
    target = _next(request)
    if request.user.is_authenticated:
        return redirect(target)
    if request.method == "GET":
        return render(request, "session/sign_in.html", {"next": target})
    email = request.POST.get("email", "").strip().lower()
    if throttle.throttled(request, email):
        error = "Too many failed attempts. Wait 15 minutes, or use a sign-in link."
        return _refuse(request, email=email, target=target, error=error, status=429)
    user = authenticate(request, username=email, password=request.POST.get("password", ""))
    if user is None:
        throttle.failure_note(request, email)
        error = "This e-mail address and password do not match."
        return _refuse(request, email=email, target=target, error=error, status=400)
    login(request, user)
    return redirect(target)


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link. Only its button redeems it: mail scanners and previews fetch addresses."""
    if request.method == "GET":
        return render(request, "session/link.html")
    user = sign_in_link_redeem(token=token)
    if user is None:
        return render(request, "session/link_used.html", status=410)
    login(request, user)
    return redirect("web:home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("web:sign-in")


def _refuse(
    request: HttpRequest, *, email: str, target: str, error: str, status: int
) -> HttpResponse:
    context = {"next": target, "email": email, "error": error}
    response = render(request, "session/sign_in.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(throttle.PAUSE_S)
    return response


def _next(request: HttpRequest) -> str:
    """Where to go afterwards: a path of this site, never another one."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else "/"
