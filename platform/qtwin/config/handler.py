"""Django behind ASGI, with all of a request in one thread.

Django's own handler awaits each middleware, and each goes to a thread and back. On a busy machine
most of a page's time is then spent waiting for the next turn.
"""

from __future__ import annotations

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class OneThread(ASGIHandler):
    """The middleware and the view are called, not awaited."""

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await sync_to_async(self.get_response)(request)
        return response


def one_thread() -> OneThread:
    """The application, with Django set up.

    Each request has a thread of its own, with whose end nobody can use its connection again. So it
    ends with the request: kept until it is collected, hundreds stay open, and the database refuses.
    """
    django.setup(set_prefix=False)
    for one in connections.settings.values():
        one["CONN_MAX_AGE"] = 0
    return OneThread()
