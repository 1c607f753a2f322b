"""Django behind ASGI."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from threading import Barrier
from typing import Any, cast
from unittest.mock import Mock, patch

import httpx
import pytest
from asgiref.sync import AsyncToSync, async_to_sync
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse

from qtwin.config.handler import KEPT_S, THREADS, OneThread, one_thread


@pytest.mark.django_db
def test_a_request_goes_to_a_thread_once_and_never_back() -> None:
    handler = OneThread()

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app=cast("Any", handler))
        with patch.object(AsyncToSync, "__call__", side_effect=AssertionError("back to the loop")):
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
                return await http.get("/sign-in")

    assert async_to_sync(run)().status_code == 200


@pytest.mark.django_db
def test_a_thread_of_requests_keeps_its_connection_and_no_other_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What other threads open is lost with them, and the database has few."""
    monkeypatch.setattr(connections, "settings", deepcopy(connections.settings))
    handler = one_thread()

    def age() -> float:
        connection: Any = connections.create_connection("default")
        connection.connect()
        connection._close()
        return float(connection.close_at - time.monotonic())

    with ThreadPoolExecutor(1) as other:
        assert other.submit(age).result() <= 0
    assert KEPT_S - 5 < handler.threads.submit(age).result() <= KEPT_S


def test_a_connection_that_broke_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    handler = OneThread()
    broken = Mock(spec=BaseDatabaseWrapper)
    monkeypatch.setattr(connections, "all", lambda initialized_only: [broken])
    monkeypatch.setattr(handler, "get_response", Mock(side_effect=OperationalError))
    with pytest.raises(OperationalError):
        handler.threads.submit(handler.answer, HttpRequest()).result()
    assert broken.close_if_unusable_or_obsolete.call_count == 2


def test_every_request_is_answered_where_there_are_more_than_threads() -> None:
    handler, together = OneThread(), Barrier(THREADS)

    def answer(request: HttpRequest) -> HttpResponse:
        together.wait(timeout=30)
        return HttpResponse(threading.current_thread().name)

    async def run() -> set[str]:
        with patch.object(handler, "get_response", answer):
            answers: list[Any] = [
                handler.get_response_async(HttpRequest()) for _ in range(2 * THREADS)
            ]
            return {one.content.decode() for one in await asyncio.gather(*answers)}

    assert len(async_to_sync(run)()) == THREADS
