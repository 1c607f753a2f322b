"""A new password, by who knows the old one or came by a link."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from qtwin.accounts.confirmation import confirmed
from qtwin.accounts.services import password_set
from qtwin.accounts.services.guess import TooManyGuesses
from qtwin.accounts.sessions import ABOUT
from qtwin.web.entrance.password import knows_password


def needs_current(request: HttpRequest) -> bool:
    """Not from who has none, and not within ten minutes of a sign-in by the operator's link."""
    user: Any = request.user
    by_link = request.session.get(ABOUT, {}).get("how") == "link"
    return bool(user.has_usable_password() and not (by_link and confirmed(request.session)))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def password_page(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    needed = needs_current(request)
    if not needed and not confirmed(request.session):
        return redirect("/account/confirm?next=/account/password")
    context: dict[str, Any] = {"needs_current": needed}
    if request.method == "POST":
        context["errors"], status = _change(request, current_needed=needed)
        if not context["errors"]:
            update_session_auth_hash(request, user)
            return redirect("/account?done=password")
        return render(request, "account/password.html", context, status=status)
    return render(request, "account/password.html", context)


def _change(request: HttpRequest, *, current_needed: bool) -> tuple[list[str], int]:
    """Sentences about what is wrong, and the status; none if the password was changed."""
    user: Any = request.user
    new = request.POST.get("new", "")
    if new != request.POST.get("again", ""):
        return ["The new password and its repetition differ."], 400
    try:
        if current_needed and not knows_password(request, "current"):
            return ["The current password is not this."], 400
        password_set(user=user, password=new, keep=request.session.session_key)
    except TooManyGuesses as wait:
        return [f"Nothing was changed: {wait}."], 429
    except ValidationError as refused:
        return refused.messages, 400
    return [], 200
