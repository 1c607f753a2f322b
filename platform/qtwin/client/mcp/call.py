"""One call of an agent: who asks, for which tool, and what it may confirm."""

from __future__ import annotations

from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass

from qtwin.client.mcp.agent_client import SENT_FOR, AgentClient
from qtwin.client.mcp.proposal import Proposals
from qtwin.client.wire.errors import QTwinError


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a tool works with."""

    client: AgentClient
    proposals: Proposals


CALL: ContextVar[Call] = ContextVar("CALL")


def client() -> AgentClient:
    """The client of the call that is being answered."""
    return CALL.get().client


async def note_refused(why: str) -> None:
    """Tell the audit trail of a call that is refused here, before the server saw any of it."""
    token = SENT_FOR.set(f"{SENT_FOR.get()}; refused={why}")
    try:
        with suppress(QTwinError):
            await client().me()
    finally:
        SENT_FOR.reset(token)
