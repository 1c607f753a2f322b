"""Is it still you? Asked before what cannot be undone."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from qtwin.accounts.confirmation import confirm
from qtwin.accounts.selectors import second_steps_of
from qtwin.accounts.services import second_step_verify
from qtwin.accounts.services.guess import TooManyGuesses
from qtwin.web.entrance.password import knows_password
from qtwin.web.entrance.target import target_of


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def confirm_page(request: HttpRequest) -> HttpResponse:
    """By the password, or by a code of the second step."""
    user: Any = request.user
    target = target_of(request, "/account")
    context: dict[str, Any] = {"next": target, "has_password": user.has_usable_password()}
    context["steps"] = second_steps_of(user)
    if request.method == "GET":
        return render(request, "account/confirm.html", context)
    try:
        right = _right(request)
    except TooManyGuesses as wait:
        context["error"] = f"{str(wait).capitalize()}."
        return render(request, "account/confirm.html", context, status=429)
    if not right:
        context["error"] = "That is not right."
        return render(request, "account/confirm.html", context, status=400)
    confirm(request.session)
    return redirect(target)


def _right(request: HttpRequest) -> bool:
    user: Any = request.user
    if "code" in request.POST:
        return second_step_verify(user=user, code=request.POST["code"])
    return knows_password(request, "password")
