"""Name and e-mail address."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from qtwin.accounts.later import run_later
from qtwin.accounts.models import User
from qtwin.accounts.services import account_mention_mail, account_readdress, account_rename
from qtwin.accounts.services.account import AddressTaken
from qtwin.accounts.services.address import address_mail, address_redeem
from qtwin.accounts.services.guess import Limit, TooManyGuesses, guess_take
from qtwin.web.entrance.confirmed import confirmed_only
from qtwin.web.views.account.page import show_account

CHANGES = Limit(kind="another address", most=5, pause_s=3600)
LONGEST_NAME = User._meta.get_field("name").max_length or 0


@login_required
@require_POST
def name_change(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    name = request.POST.get("name", "").strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        wrong = f"A name has 1 to {LONGEST_NAME} printable characters; this has {len(name)}."
        return show_account(request, errors={"name": [wrong]}, status=400)
    account_rename(user=user, name=name)
    return redirect("/account?done=name")


@login_required
@require_POST
def mentions_change(request: HttpRequest) -> HttpResponse:
    """Whether comments that name the person are mailed to them."""
    user: Any = request.user
    account_mention_mail(user=user, wanted="mail" in request.POST)
    return redirect("/account?done=mentions")


@confirmed_only
@never_cache
@require_http_methods(["GET", "POST"])
def email_page(request: HttpRequest) -> HttpResponse:
    """Another address: at once, or where mail is sent, once a link to it was opened.

    Not at all where an address that nobody has verified would sign its owner in to this account.
    """
    user: Any = request.user
    email = request.POST.get("email", "").strip()
    context: dict[str, Any] = {"email": email, "mails": bool(settings.EMAIL_HOST)}
    if settings.OIDC_MATCH_EMAIL and not settings.EMAIL_HOST:
        return render(request, "account/email.html", {"closed": True}, status=403)
    if request.method == "GET":
        return render(request, "account/email.html", context)
    try:
        validate_email(email)
        guess_take(CHANGES, user.pk)
        if settings.EMAIL_HOST:
            run_later(lambda: address_mail(user=user, email=email, link=partial(_link, request)))
            return render(request, "account/email.html", {**context, "sent": True})
        account_readdress(user=user, email=email)
    except ValidationError:
        context["error"] = f"{email!r} is not an e-mail address."
    except TooManyGuesses as wait:
        context["error"] = f"{str(wait).capitalize()}."
    except AddressTaken:
        context["error"] = "This address cannot be used."
    else:
        return redirect("/account?done=email")
    return render(request, "account/email.html", context, status=400)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def email_confirm(request: HttpRequest) -> HttpResponse:
    """What the mailed link opens; its button, not the visit, changes the address."""
    user: Any = request.user
    if request.method == "GET":
        return render(request, "account/email_confirm.html", {"token": request.GET.get("token")})
    try:
        done = address_redeem(user=user, token=request.POST.get("token", ""))
    except AddressTaken:
        done = False
    return redirect("/account?done=email") if done else _gone(request)


def _link(request: HttpRequest, token: str) -> str:
    query = urlencode({"token": token})
    return request.build_absolute_uri(f"{reverse('web:email-confirm')}?{query}")


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "session/link_used.html", status=410)
