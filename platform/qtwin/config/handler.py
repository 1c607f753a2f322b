"""Django behind ASGI, with all of a request in one thread, whose connection serves the next one.

Django's own handler awaits each middleware, and each goes to a thread and back. On a busy machine
most of a page's time is then spent waiting for the next turn. And each request has a new thread,
with a new connection: the database has to be reached, and PostgreSQL to read its own tables, before
it answers.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest
from django.http.response import HttpResponseBase

THREADS = 32
"""Requests that are answered at once, and connections that a web process keeps at most."""
KEPT_S = 60.0
"""How long a thread keeps its connection."""
NAME = "request"


class OneThread(ASGIHandler):
    """The middleware and the view are called, not awaited, in one of `THREADS`."""

    def __init__(self) -> None:
        super().__init__()
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix=NAME)

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        answer = sync_to_async(self.answer, thread_sensitive=False, executor=self.threads)
        response: HttpResponseBase = await answer(request)
        return response

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """Django looks after connections before and after a request, but not in this thread."""
        close_old_connections()
        try:
            return self.get_response(request)
        finally:
            close_old_connections()


def one_thread() -> OneThread:
    """The application, with Django set up.

    A connection of any other thread, such as one that a download is read in, ends with its request:
    nobody can use it again, and until it is collected the database has one less.
    """
    django.setup(set_prefix=False)
    for one in connections.settings.values():
        one["CONN_MAX_AGE"] = 0
        one["CONN_HEALTH_CHECKS"] = True
    connection_created.connect(_keep, dispatch_uid=__name__)
    return OneThread()


def _keep(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if threading.current_thread().name.startswith(NAME):
        connection.close_at = time.monotonic() + KEPT_S
