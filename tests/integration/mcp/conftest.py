"""A real session of the protocol with the server in this process, on the live application."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.asgi import get_asgi_application
from mcp import Client
from mcp_types import CallToolResult

from backends import registry
from qtwin.accounts.models import Scope, User
from qtwin.client.mcp.agent_client import AgentClient
from qtwin.client.mcp.server import always, make_server
from qtwin.client.wire import drive
from qtwin.projects.models import Project
from qtwin.projects.services import source_create, token_issue
from tests import memory_vendor

URL = "http://localhost"
SCOPES = (Scope.READ, Scope.SUBMIT)


class Session:
    """Calls of one agent, one after the other; each is a sentence of a test."""

    def __init__(self, token: str, *, mode: str) -> None:
        self._token, self._mode = token, mode

    def run(self, scenario: Callable[[Client], Awaitable[Any]]) -> Any:
        async def go() -> Any:
            application: Any = get_asgi_application()
            transport = httpx.ASGITransport(application)
            async with AgentClient(URL, self._token, transport=transport) as client:
                server = make_server(always(client))
                async with Client(server, mode=self._mode, cache=None) as agent:
                    return await scenario(agent)

        return async_to_sync(go)()

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """One call of a tool that is answered."""
        said: dict[str, Any] = self.run(lambda agent: answered(agent, tool, **arguments))
        return said

    def refused(self, tool: str, **arguments: Any) -> str:
        """One call of a tool that is refused; why."""
        why: str = self.run(lambda agent: refused(agent, tool, **arguments))
        return why


async def answered(agent: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await agent.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    assert not result.is_error, texts(result)
    assert isinstance(result.structured_content, dict)
    assert json.loads(texts(result)[-1]) == result.structured_content
    return result.structured_content


async def refused(agent: Client, tool: str, **arguments: Any) -> str:
    result = await agent.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    assert result.is_error, texts(result)
    return texts(result)[-1]


def texts(result: CallToolResult) -> list[str]:
    return [block.text for block in result.content if block.type == "text"]


@pytest.fixture
def session_of() -> Callable[..., Session]:
    def make(user: User, *scopes: str, mode: str = "auto", **more: Any) -> Session:
        _, token = token_issue(user=user, name="bot", scopes=scopes or SCOPES, **more)
        return Session(token, mode=mode)

    return make


@pytest.fixture
def session(user: User, project: Project, session_of: Callable[..., Session]) -> Session:
    """Of an agent's token that is bound to the project."""
    return session_of(user, agent=True, projects=[project])


@pytest.fixture
def _work_meanwhile(work: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """While the client pauses, the workers work."""

    async def rest(_: float) -> None:
        await sync_to_async(work)()

    monkeypatch.setattr(drive, "rest", rest)


@pytest.fixture
def paid(project: Project, user: User, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a source that costs 0.30 USD a point."""
    monkeypatch.setitem(registry.BUILTIN, "paid", "tests.paid_vendor:PaidBackend")
    memory_vendor.reset()
    source_create(project=project, name="qpu", role="device", backend="paid", method="vqe", by=user)
    project.paid_sources, project.approval_above = True, 10_000_000
    project.save()
    return project
