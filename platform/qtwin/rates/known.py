"""Tells the gate whose token or session was found good. The one module here that knows Django."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from django.utils.functional import SimpleLazyObject

from qtwin.rates.caller import claim_of
from qtwin.rates.gate import KNOWN


@sync_and_async_middleware
def note_known(
    get_response: Callable[[HttpRequest], Any],
) -> Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]:
    """Middleware: asks for nobody that the view did not ask for."""

    async def answer_async(request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await get_response(request)
        _note(request)
        return response

    def answer(request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = get_response(request)
        _note(request)
        return response

    return answer_async if iscoroutinefunction(get_response) else answer


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
    found = [getattr(request, name, None) for name in ("_cached_user", "_acached_user")]
    user = getattr(request, "user", None)
    if not isinstance(user, SimpleLazyObject):
        found.append(user)
    return [one for one in found if one is not None]
