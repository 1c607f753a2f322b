"""The server over HTTP on this machine: a token with each request, and no page of a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.transport_security import TransportSecuritySettings

from qtwin.client.mcp.agent_client import AgentClient
from qtwin.client.mcp.server import Opened, make_server

HOST = "127.0.0.1"
MOST_BYTES = 2**20

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


def by_token(connect: Callable[[str], AgentClient]) -> Opened:
    """A client of its own for each request, with the token that the request carries."""

    @asynccontextmanager
    async def opened(request: Any) -> AsyncIterator[AgentClient]:
        client = connect(bearer(request.headers.get("authorization", "")))
        try:
            yield client
        finally:
            await client.close()

    return opened


def bearer(header: str) -> str:
    """The token of a header; empty for none."""
    kind, _, token = header.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def make_app(connect: Callable[[str], AgentClient], *, port: int) -> Any:
    """The application, which answers requests that name this machine and carry a token alone."""
    server = make_server(by_token(connect))
    names = [f"{HOST}:{port}", f"localhost:{port}"]
    app = server.streamable_http_app(
        host=HOST,
        json_response=True,
        stateless_http=True,
        max_request_body_size=MOST_BYTES,
        transport_security=TransportSecuritySettings(
            allowed_hosts=names, allowed_origins=[f"http://{name}" for name in names]
        ),
    )
    return NeedToken(app)


class NeedToken:
    """Turns away what carries no token."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        if scope["type"] == "http" and not bearer(
            headers.get(b"authorization", b"").decode("latin-1")
        ):
            asks = [(b"www-authenticate", b"Bearer"), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 401, "headers": asks})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self.app(scope, receive, send)


def serve(connect: Callable[[str], AgentClient], *, port: int) -> None:
    """Serve until it is interrupted."""
    import uvicorn

    app = make_app(connect, port=port)
    uvicorn.run(app, host=HOST, port=port, log_level="warning", access_log=False)
