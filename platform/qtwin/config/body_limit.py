"""Ends a request whose body is larger than any that is taken, before it fills the disk.

Django puts the whole body aside before a view or a parser sees the first byte of it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from qtwin.rest.document import document

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

ROOM = 2**20
"""What a form has besides its file."""


class BodyLimit:
    """An application around another one.

    Args:
        most: Bytes of the largest body.
    """

    def __init__(self, app: Application, most: int) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif _announced(scope) > self._most:
            await self._refuse(send, scope["path"])
        else:
            await self._app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        """Hang up on a body that did not say how long it is and goes on too long."""
        size = 0

        async def run() -> Mapping[str, Any]:
            nonlocal size
            event = await receive()
            if event["type"] == "http.request":
                size += len(event.get("body", b""))
                if size > self._most:
                    return {"type": "http.disconnect"}
            return event

        return run

    async def _refuse(self, send: Send, path: str) -> None:
        detail = f"the body is too large; allowed: at most {self._most} bytes"
        problem = document(status=413, code="too_large", detail=detail, instance=path)
        kind = (b"content-type", b"application/problem+json")
        await send(
            {
                "type": "http.response.start",
                "status": 413,
                "headers": [kind, (b"connection", b"close")],
            }
        )
        body = json.dumps(problem).encode()
        await send({"type": "http.response.body", "body": body})


def _announced(scope: Scope) -> int:
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(said) if said.isdigit() else 0
