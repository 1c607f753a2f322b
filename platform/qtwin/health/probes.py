"""``/livez`` and ``/readyz``, answered before anything else: by any host name, without TLS."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from qtwin.health.answer import told
from qtwin.health.parts import PARTS
from qtwin.health.patience import Patience

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LIVE, READY = "/livez", "/readyz"


class Probes:
    """An application around another one."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._parts = {part.name: Patience(part.problem) for part in PARTS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == LIVE:
            await _answer(send, 200, {"status": "live"})
        elif scope["type"] == "http" and scope["path"] == READY:
            await _answer(send, *told(await self._problems()))
        else:
            await self._app(scope, receive, send)

    async def _problems(self) -> dict[str, str]:
        answers = await asyncio.gather(*(part.problem() for part in self._parts.values()))
        return dict(zip(self._parts, answers, strict=True))


async def _answer(send: Send, status: int, document: Mapping[str, Any]) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(document).encode()})
