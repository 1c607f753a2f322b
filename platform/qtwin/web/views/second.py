"""The second step of signing in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from qtwin.accounts.selectors import second_steps_of
from qtwin.accounts.services import second_step_verify
from qtwin.accounts.services.guess import TooManyGuesses
from qtwin.web.entrance.enter import finish, pending


@never_cache
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """A code of the app or for emergencies, of who has shown the first proof just now."""
    waiting = pending(request)
    if waiting is None:
        return redirect("web:sign-in")
    user, proof = waiting
    context: dict[str, Any] = {"steps": second_steps_of(user)}
    if request.method == "GET":
        return render(request, "session/second.html", context)
    try:
        if second_step_verify(user=user, code=request.POST.get("code", "")):
            return finish(request, user, how=proof.how, target=proof.target)
        context["error"], status = "This code is not right, or was used before.", 400
    except TooManyGuesses as wait:
        context["error"], status = f"{str(wait).capitalize()}.", 429
    return render(request, "session/second.html", context, status=status)
