"""From a first proof to a session.

What was proven is kept in the session until the second proof comes; the session's key changes at
each step, so that a key which somebody planted before never becomes a signed-in one.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from qtwin.accounts.confirmation import confirm
from qtwin.accounts.models import User
from qtwin.accounts.selectors import second_steps_of
from qtwin.accounts.services import sign_in_note
from qtwin.accounts.sessions import ABOUT
from qtwin.web.entrance.browser import about

PENDING = "pending"
LASTS_S = 600
ENOUGH = {"link", "passkey"}
"""Ways that need no second step: who runs the server made the link, a passkey asked its owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A person who has shown the first proof, and not yet the second.

    Attributes:
        stamp: Changes with the password, so that an older proof is worth nothing then.
    """

    user_id: str
    how: str
    target: str
    until: float
    stamp: str


def enter(request: HttpRequest, user: User, *, how: str, target: str = "/") -> HttpResponse:
    """Sign in, or ask for the second step if the person has one."""
    if how in ENOUGH or not second_steps_of(user).needed:
        return finish(request, user, how=how, target=target)
    request.session.flush()
    until = time.time() + LASTS_S
    stamp = user.get_session_auth_hash()
    waits = Pending(user_id=str(user.pk), how=how, target=target, until=until, stamp=stamp)
    request.session[PENDING] = asdict(waits)
    return redirect("web:second-step")


def pending(request: HttpRequest) -> tuple[User, Pending] | None:
    """Who waits for the second step in this browser, for at most ten minutes."""
    kept = request.session.get(PENDING)
    if not kept or kept["until"] < time.time():
        return None
    user = User.objects.filter(pk=kept["user_id"], is_active=True).first()
    if user is None or not constant_time_compare(kept["stamp"], user.get_session_auth_hash()):
        return None
    return user, Pending(**kept)


def finish(request: HttpRequest, user: User, *, how: str, target: str) -> HttpResponse:
    """Begin the session, and go where the person wanted."""
    request.session.pop(PENDING, None)
    login(request, user)
    request.session[ABOUT] = about(request, how)
    confirm(request.session)
    sign_in_note(user=user, how=how)
    return redirect(target)
