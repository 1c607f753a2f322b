"""Middleware that notes something of a request once it was answered, in threads and in loops."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

Get = Callable[[HttpRequest], Any]
Answer = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


def noting(note: Callable[[HttpRequest], None]) -> Callable[[Get], Answer]:
    """Middleware that calls ``note`` with each request that was answered."""

    @sync_and_async_middleware
    def middleware(get_response: Get) -> Answer:
        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            response: HttpResponseBase = await get_response(request)
            note(request)
            return response

        def answer(request: HttpRequest) -> HttpResponseBase:
            response: HttpResponseBase = get_response(request)
            note(request)
            return response

        return answer_async if iscoroutinefunction(get_response) else answer

    return middleware
