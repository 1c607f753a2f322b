"""A forgotten password: a link by mail, and the page that it opens."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from qtwin.accounts.later import run_later
from qtwin.accounts.models import SignInLink
from qtwin.accounts.services import reset_allow, reset_mail, reset_redeem, sign_in_link_user
from qtwin.accounts.services.guess import TooManyGuesses
from qtwin.web.entrance.browser import network_address
from qtwin.web.entrance.enter import enter

PAGE = "session/new_password.html"


@never_cache
@require_http_methods(["GET", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Asks for the address; the answer, and how long it takes, say nothing of accounts."""
    context: dict[str, Any] = {"mails": bool(settings.EMAIL_HOST)}
    if request.method == "GET" or not settings.EMAIL_HOST:
        return render(request, "session/forgot.html", context)
    email = request.POST.get("email", "")[:254]
    try:
        reset_allow(email=email, address=network_address(request))
    except TooManyGuesses as wait:
        context["error"] = f"{str(wait).capitalize()}."
        return render(request, "session/forgot.html", context, status=429)
    run_later(lambda: reset_mail(email=email, link=lambda token: _address(request, token)))
    return render(request, "session/forgot.html", {**context, "sent": True})


@never_cache
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the new password; only that, and not the visit, uses the link up."""
    if request.method == "GET":
        owner = sign_in_link_user(token=token, purpose=SignInLink.Purpose.PASSWORD)
        return render(request, PAGE, {"owner": owner}) if owner else _gone(request)
    new = request.POST.get("new", "")
    if new != request.POST.get("again", ""):
        errors = ["The new password and its repetition differ."]
        return render(request, PAGE, {"errors": errors}, status=400)
    try:
        user = reset_redeem(token=token, password=new)
    except ValidationError as refused:
        return render(request, PAGE, {"errors": refused.messages}, status=400)
    return enter(request, user, how="mail") if user else _gone(request)


def _address(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("web:new-password", args=[token]))


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "session/link_used.html", status=410)
