"""An authenticator app, and the codes for who lost it."""

from __future__ import annotations

import base64
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from qtwin.accounts import totp
from qtwin.accounts.selectors import second_steps_of
from qtwin.accounts.services import (
    recovery_codes_renew,
    second_step_ended,
    totp_enrol,
    totp_remove,
)
from qtwin.accounts.services.totp import WrongCode
from qtwin.web.entrance.confirmed import confirmed_only

SALT = "qtwin.totp"
LASTS_S = 900


@confirmed_only
@never_cache
@require_http_methods(["GET", "POST"])
def app_page(request: HttpRequest) -> HttpResponse:
    """Shows a new secret, and keeps it once the app's first code is right."""
    user: Any = request.user
    if request.method == "GET":
        return _show(request, totp.new_secret())
    secret = _signed(request)
    if secret is None:
        return _show(request, totp.new_secret(), error="This took too long: scan anew.")
    try:
        code = "".join(request.POST.get("code", "").split())
        totp_enrol(user=user, secret=secret, code=code)
    except WrongCode as wrong:
        return _show(request, secret, error=f"{str(wrong).capitalize()}")
    return recovered(request) or redirect("/account?done=app")


@confirmed_only
@require_POST
def app_remove(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    totp_remove(user=user)
    second_step_ended(user=user)
    return redirect("/account?done=app-removed")


@confirmed_only
@never_cache
@require_POST
def codes_renew(request: HttpRequest) -> HttpResponse:
    """New recovery codes in place of the old ones, for who has a second step."""
    user: Any = request.user
    if not second_steps_of(user).needed:
        return redirect("web:account")
    codes = recovery_codes_renew(user=user)
    return render(request, "account/codes.html", {"codes": codes})


def recovered(request: HttpRequest) -> HttpResponse | None:
    """A page of recovery codes for who has none; None for who has."""
    user: Any = request.user
    if second_steps_of(user).codes_left:
        return None
    return render(request, "account/codes.html", {"codes": recovery_codes_renew(user=user)})


def _show(request: HttpRequest, secret: str, *, error: str = "") -> HttpResponse:
    user: Any = request.user
    address = totp.address_of(secret, person=user.email, issuer="QTwin")
    context = {
        "error": error,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "picture": _picture(address),
        "signed": signing.dumps([str(user.pk), secret], salt=SALT),
    }
    return render(request, "account/app.html", context, status=400 if error else 200)


def _signed(request: HttpRequest) -> str | None:
    """The secret that this person was shown: kept in the form, so that no table holds it yet."""
    user: Any = request.user
    try:
        owner, secret = signing.loads(request.POST.get("signed", ""), salt=SALT, max_age=LASTS_S)
    except signing.BadSignature:
        return None
    return str(secret) if owner == str(user.pk) else None


def _picture(text: str) -> str:
    """A QR code as an address of an image."""
    import qrcode  # heavy, and rarely needed
    from qrcode.image.svg import SvgPathFillImage

    drawn = qrcode.make(text, image_factory=SvgPathFillImage, border=3).to_string()
    return "data:image/svg+xml;base64," + base64.b64encode(drawn).decode()
