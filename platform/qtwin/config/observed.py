"""Gives each request an id and a trace, and says afterwards how it went: log, metrics, span."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from qtwin import tracing
from qtwin.logs.context import about
from qtwin.logs.route import ROUTE
from qtwin.metrics import web
from qtwin.tracing.span import Span, tracer
from qtwin.waiting.asked import waits

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
HEADER = b"x-request-id"
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
NO_ROUTE = "none"
"""Of what was turned away before the router, or is no address of ours."""
log = logging.getLogger("qtwin.requests")


class Observed:
    """An application around another one."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = dict(scope["headers"])
        request_id = _id(head.get(HEADER, b"").decode("latin-1"))
        parent = tracing.accepted(head.get(b"traceparent", b"").decode("latin-1"))
        if not parent and tracer() is None:
            parent = tracing.fresh()
        with (
            about(request_id=request_id),
            tracing.span("request", parent=parent, kind="server", request_id=request_id) as span,
        ):
            seen = _Answer(scope, request_id, send)
            try:
                await self._app(scope, receive, seen.send)
            finally:
                seen.tell(span)


class _Answer:
    """What was sent, and when it began: a stream is answered long before it ends."""

    def __init__(self, scope: Scope, request_id: str, send: Send) -> None:
        self._scope, self._send = scope, send
        self._request_id = request_id.encode()
        self._began = time.monotonic()
        self._status, self._seconds = 0, 0.0

    async def send(self, event: Mapping[str, Any]) -> None:
        if event["type"] == "http.response.start":
            self._status = event["status"]
            self._seconds = time.monotonic() - self._began
            named = [pair for pair in event.get("headers", ()) if pair[0].lower() != HEADER]
            event = {**event, "headers": [*named, (HEADER, self._request_id)]}
        await self._send(event)

    def tell(self, span: Span) -> None:
        """A status of 0 is that of a client who hung up, or of a crash."""
        scope = self._scope
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = str(scope.get(ROUTE, NO_ROUTE))
        span.name(f"{method} {route}")
        span.set(status=self._status)
        web.REQUESTS.count(method=method, route=route, status=str(self._status))
        if self._status and not waits(scope):
            web.REQUEST_SECONDS.observe(self._seconds, route=route)
        facts = {"method": method, "route": route, "status": self._status}
        log.info(
            "%s %s %d in %.0f ms",
            *(method, route, self._status, 1000 * self._seconds),
            extra={"facts": {**facts, "seconds": round(self._seconds, 4)}},
        )


def _id(sent: str) -> str:
    return sent if ID.fullmatch(sent) else secrets.token_hex(8)
