"""Tells the gate whose token or session was found good. The one module here that knows Django."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from qtwin.noting import noting
from qtwin.rates.caller import claim_of
from qtwin.rates.gate import KNOWN


def _note(request: HttpRequest) -> None:
    scope = getattr(request, "scope", None)
    if scope is not None and any(user.is_authenticated for user in _looked_up(request)):
        scope[KNOWN] = claim_of(_used(request))


def _used(request: HttpRequest) -> bytes:
    """What authentication went by: the token where DRF found one, else the session."""
    if getattr(request, "auth", None) is not None:
        header = str(request.META["HTTP_AUTHORIZATION"])
        return header.partition(" ")[2].strip().encode("latin-1")
    return str(request.session.session_key or "").encode()


def _looked_up(request: HttpRequest) -> list[Any]:
    """Users that authentication has found already: by session, or by token (set by DRF)."""
    found = [getattr(request, "_cached_user", None)]
    user = getattr(request, "user", None)
    if not isinstance(user, SimpleLazyObject):
        found.append(user)
    return [one for one in found if one is not None]


note_known = noting(_note)
"""Middleware: asks for nobody that the view did not ask for."""
