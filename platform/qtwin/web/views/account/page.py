"""The account: what the platform knows of a person, and how they sign in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from qtwin.accounts.models import User
from qtwin.accounts.provider import provider
from qtwin.accounts.selectors import identities_of, passkeys_of, second_steps_of, sessions_of
from qtwin.accounts.sessions import digest
from qtwin.web.entrance.browser import spoken
from qtwin.web.views.account.password import needs_current

DONE = {
    "name": "Your name was changed.",
    "mentions": "Saved.",
    "email": "Your e-mail address was changed.",
    "app": "From now on, signing in asks for a code of your app.",
    "app-removed": "The authenticator app was removed.",
    "passkey": "The passkey was added. Signing in by password asks for it, or for a code.",
    "passkey-removed": "The passkey was removed. Delete it on your device too.",
    "identity": "Linked: it signs you in from now on.",
    "identity-removed": "It signs you in no more.",
    "password": "Your password was changed. Other browsers were signed out.",
    "session": "That browser was signed out.",
    "sessions": "All other browsers were signed out.",
}
"""What a page says after a redirect to it with ``?done=…``."""


@login_required
@never_cache
@require_safe
def account_page(request: HttpRequest) -> HttpResponse:
    return show_account(request)


def show_account(
    request: HttpRequest, *, errors: dict[str, list[str]] | None = None, status: int = 200
) -> HttpResponse:
    """The page, with what was wrong with a form that was sent from it.

    Args:
        errors: Sentences by form.
    """
    user: Any = request.user
    context = {
        "done": DONE.get(request.GET.get("done", "")),
        "errors": errors or {},
        "needs_current": needs_current(request),
        "provider": provider(),
        "identities": identities_of(user),
        "passkeys": passkeys_of(user),
        "steps": second_steps_of(user),
        "sessions": _sessions(request, user),
    }
    return render(request, "account/page.html", context, status=status)


def _sessions(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    here = digest(request.session.session_key)
    return [
        {"row": row, "browser": spoken(row.agent), "here": row.session_key == here}
        for row in sessions_of(user)
    ]
