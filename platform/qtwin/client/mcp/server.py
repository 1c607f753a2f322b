"""The server: tools, resources and prompts, and whose client each call works with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import MCPServer

from qtwin.client.mcp.agent_client import SENT_FOR, AgentClient
from qtwin.client.mcp.call import CALL, Call, note_refused
from qtwin.client.mcp.prompts import add_prompts
from qtwin.client.mcp.proposal import Proposals
from qtwin.client.mcp.resources import add_resources
from qtwin.client.mcp.told import NOTICE
from qtwin.client.mcp.tools import evidence, job, look, twin
from qtwin.client.wire.version import version

TOOLS = [*look.TOOLS, *twin.TOOLS, *job.TOOLS, *evidence.TOOLS]
KNOWN = {tool.name for tool in TOOLS}
INSTRUCTIONS = (
    "QTwin keeps one quantum digital twin per project: a probabilistic model of one physical "
    "system, fed by solvers, simulators, quantum devices and lab data, with an error bar for every "
    "number. Look first (list_projects, read_twin), ask (predict, recommend, estimate_job), and "
    "change things last: submit_job, cancel_job and import_data make a dry run unless dry_run is "
    f"false and confirm is what a dry run of the same request gave. {NOTICE} Every call is in the "
    "team's audit log."
)

Opened = Callable[[Any], AbstractAsyncContextManager[AgentClient]]
"""The client of a request of HTTP, None for none; it stays open as long as the context."""


def always(client: AgentClient) -> Opened:
    """One client for all calls."""

    @asynccontextmanager
    async def opened(_: Any) -> AsyncIterator[AgentClient]:
        yield client

    return opened


def make_server(opened: Opened) -> MCPServer:
    """A server whose calls work with the clients that ``opened`` gives."""
    proposals = Proposals()

    async def with_client(
        ctx: ServerRequestContext[Any, Any], call_next: CallNext
    ) -> HandlerResult:
        sent_for = _sent_for(ctx)
        if not sent_for:
            return await call_next(ctx)
        async with opened(ctx.request) as client:
            told = SENT_FOR.set(f"mcp/{sent_for}")
            call = CALL.set(Call(client=client, proposals=proposals))
            try:
                if sent_for == UNKNOWN:
                    await note_refused("unknown_tool")
                return await call_next(ctx)
            finally:
                CALL.reset(call)
                SENT_FOR.reset(told)

    server: MCPServer = MCPServer(
        "qtwin",
        title="QTwin",
        version=version(),
        instructions=INSTRUCTIONS,
        tools=list(TOOLS),
        middleware=[with_client],
        log_level="WARNING",
        subscriptions=False,
    )
    add_resources(server)
    add_prompts(server)
    return server


UNKNOWN = "unknown_tool"


def _sent_for(context: ServerRequestContext[Any, Any]) -> str:
    """What the audit trail is told; empty where no client is needed."""
    if context.method == "resources/read":
        return "resource"
    if context.method != "tools/call":
        return ""
    name = (context.params or {}).get("name")
    return name if isinstance(name, str) and name in KNOWN else UNKNOWN
