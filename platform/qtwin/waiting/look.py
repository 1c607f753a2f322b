"""One short request through the application, on behalf of one that waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from qtwin.waiting.watch import WATCH, Watch

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

OURS = "qtwin."
"""Begins the names of what this platform notes in a scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An answer that was not sent yet, and what it is about."""

    status: int
    headers: Headers
    body: bytes
    watch: Watch | None

    async def send(self, send: Send) -> None:
        """Answer with it."""
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body})


async def look(app: Application, scope: Scope) -> Seen:
    """The application's answer to a GET of this scope."""
    inner = {name: value for name, value in scope.items() if name != WATCH}
    start: dict[str, Any] = {}
    parts: list[bytes] = []

    async def collect(event: Mapping[str, Any]) -> None:
        if event["type"] == "http.response.start":
            start.update(event)
        else:
            parts.append(event.get("body", b""))

    await app(inner, _no_body(), collect)
    scope |= {name: value for name, value in inner.items() if name.startswith(OURS)}
    return Seen(
        status=start["status"],
        headers=list(start.get("headers", ())),
        body=b"".join(parts),
        watch=inner.get(WATCH),
    )


def _no_body() -> Receive:
    """A request without a body, from somebody who stays."""
    sent = False

    async def receive() -> Mapping[str, Any]:
        nonlocal sent
        if sent:
            await asyncio.Event().wait()
        sent = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive


async def gone(receive: Receive) -> None:
    """Return when the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass


def header(scope: Mapping[str, Any], name: bytes) -> str:
    """The value of a request's header; empty for none."""
    value: bytes = dict(scope["headers"]).get(name, b"")
    return value.decode("latin-1")
