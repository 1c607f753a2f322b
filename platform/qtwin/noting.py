"""Middleware that notes something of a request once it was answered."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]


def noting(note: Callable[[HttpRequest], None]) -> Callable[[Answer], Answer]:
    """Middleware that calls ``note`` with each request that was answered."""

    def middleware(get_response: Answer) -> Answer:
        def answer(request: HttpRequest) -> HttpResponseBase:
            response = get_response(request)
            note(request)
            return response

        return answer

    return middleware
