"""Django behind ASGI."""

from __future__ import annotations

from typing import Any, cast
from unittest.mock import patch

import httpx
import pytest
from asgiref.sync import AsyncToSync, async_to_sync
from django.db import connections

from qtwin.config.handler import OneThread, one_thread


@pytest.mark.django_db
def test_a_request_goes_to_a_thread_once_and_never_back() -> None:
    handler = OneThread()

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app=cast("Any", handler))
        with patch.object(AsyncToSync, "__call__", side_effect=AssertionError("back to the loop")):
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
                return await http.get("/sign-in")

    assert async_to_sync(run)().status_code == 200


def test_a_connection_ends_with_its_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its thread does, and the database has few of them."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 60)
    one_thread()
    assert connections.settings["default"]["CONN_MAX_AGE"] == 0
