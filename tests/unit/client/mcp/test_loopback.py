"""Over HTTP: each request with its own token, none from a page of another site."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from qtwin.client.mcp.agent_client import AgentClient
from qtwin.client.mcp.loopback import make_app
from tests.unit.client.mcp.conftest import PROJECT

PORT = 8765
URL = f"http://127.0.0.1:{PORT}/mcp"
Call = Callable[..., Awaitable[Any]]


def run(scenario: Callable[[Any], Awaitable[Any]]) -> tuple[Any, list[httpx.Request]]:
    """Run it with the application; what it answers, and what QTwin was asked."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"results": [PROJECT], "next": None})

    def connect(token: str) -> AgentClient:
        transport = httpx.MockTransport(answer)
        return AgentClient("https://qtwin.example.org", token, transport=transport)

    async def go() -> Any:
        app = make_app(connect, port=PORT)
        async with app.app.router.lifespan_context(app.app):
            return await scenario(app)

    return asyncio.run(go()), asked


def test_each_request_works_with_the_token_that_it_carries() -> None:
    async def scenario(app: Any) -> list[str]:
        names = []
        for token in ("qt_ada.1", "qt_eve.2"):
            header = {"Authorization": f"Bearer {token}"}
            transport = httpx2.ASGITransport(app)
            async with (
                httpx2.AsyncClient(transport=transport, headers=header) as http,
                Client(streamable_http_client(URL, http_client=http)) as agent,
            ):
                result = await agent.call_tool("list_projects", {})
                names.append(result.structured_content["rows"][0]["name"])
        return names

    names, asked = run(scenario)
    assert names == ["⟦H2⟧", "⟦H2⟧"]
    tokens = [request.headers["Authorization"] for request in asked]
    assert tokens == ["Bearer qt_ada.1", "Bearer qt_eve.2"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Basic YTpi"}, 401),
        ({"Authorization": "Bearer "}, 401),
        ({"Authorization": "Bearer qt_a.b", "Origin": "https://evil.example"}, 403),
        ({"Authorization": "Bearer qt_a.b", "Origin": "null"}, 403),
        ({"Authorization": "Bearer qt_a.b", "Host": "evil.example"}, 421),
    ],
)
def test_what_has_no_token_or_comes_from_elsewhere_is_turned_away(
    headers: dict[str, str], status: int
) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accept = {"Accept": "application/json, text/event-stream"}

    async def scenario(app: Any) -> int:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, headers=accept | headers) as http:
            return (await http.post(URL, json=body)).status_code

    code, asked = run(scenario)
    assert (code, asked) == (status, [])
