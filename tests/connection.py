"""The connection whose transaction a test is in."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from qtwin.config.handler import OneThread


def keep_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let requests be answered with it, and no end of one close it, as in Django's test client.

    Whatever else asks the application in this process needs this: another thread's connection knows
    nothing of what the test has written, and PostgreSQL would lose it.
    """

    async def here(handler: OneThread, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await sync_to_async(handler.get_response)(request)
        return response

    monkeypatch.setattr(OneThread, "get_response_async", here)
    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda _: None)
