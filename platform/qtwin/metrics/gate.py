"""``/metrics`` of the web process: only for whoever has the token, by any host name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any

from django.conf import settings

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH = "/metrics"


class Metrics:
    """An application around another one. Without a token there is no such page."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or not settings.METRICS_TOKEN:
            await self._app(scope, receive, send)
            return
        from qtwin.metrics.page import CONTENT_TYPE, allowed

        said = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        if not allowed(said):
            await _answer(send, 401, b"", [(b"www-authenticate", b"Bearer")])
            return
        body = await asyncio.to_thread(_page)
        await _answer(send, 200, body, [(b"content-type", CONTENT_TYPE.encode())])


@cache
def _platform() -> Any:
    from qtwin.metrics.platform import Platform

    return Platform()


def _page() -> bytes:
    from qtwin.metrics.page import page

    return page(_platform())


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    headers = [*headers, (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
