"""Notes which route answered a request: its pattern, which holds no id and no secret."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

ROUTE = "qtwin.route"
"""Where in the scope it is."""


@sync_and_async_middleware
def note_route(
    get_response: Callable[[HttpRequest], Any],
) -> Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]:
    """Middleware: for whoever stands before the application."""

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
    scope, match = getattr(request, "scope", None), request.resolver_match
    if scope is not None and match is not None:
        scope[ROUTE] = f"/{match.route}"
