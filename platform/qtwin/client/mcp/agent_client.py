"""The SDK's client, which tells the server for which tool it asks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import parse_qs, urlsplit

from qtwin.client.remote.session import AsyncClient
from qtwin.client.wire.address import find
from qtwin.client.wire.ask import ask
from qtwin.client.wire.drive import Awaiting
from qtwin.client.wire.flow import Flow, Pause, Reply, Request
from qtwin.client.wire.pages import Listing, page

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
HEADER = "QTwin-Agent"
SENT_FOR: ContextVar[str] = ContextVar("SENT_FOR", default="mcp/server")
"""What the header says: the tool that is being called."""


class Telling(Awaiting):
    """A driver that sends the header along."""

    async def _do(self, step: Request | Pause) -> Reply:
        if isinstance(step, Request):
            step = replace(step, headers={**step.headers, HEADER: SENT_FOR.get()})
        return await super()._do(step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows(Generic[T]):
    """Some rows of a list, and how to ask for those that follow; empty: there are none."""

    rows: list[T]
    cursor: str


class AgentClient(AsyncClient):
    """A QTwin server, as an agent's tools ask it.

    Attributes:
        who: A digest of the token: confirmations are given to it alone.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(url, token, transport=transport)
        access = find(url, token)
        self._driver = Telling(access, transport)
        self.who = hashlib.sha256(access.token.encode()).hexdigest()

    async def run(self, flow: Flow[T]) -> T:
        """Carry out a flow of one's own."""
        result: T = await self._driver.run(flow)
        return result

    async def document(self, path: str, **query: Any) -> Any:
        """What is at an address."""
        return await self.run(ask(Request(path=path, query=query)))

    async def post(self, path: str, body: Any, *, key: str) -> Any:
        """Make something, once per key."""
        headers = {"Idempotency-Key": key}
        return await self.run(ask(Request(method="POST", path=path, body=body, headers=headers)))

    async def rows(
        self,
        path: str,
        read: Callable[[Mapping[str, Any]], T],
        *,
        limit: int,
        cursor: str = "",
        **query: Any,
    ) -> Rows[T]:
        """One page of a list."""
        asked = Request(path=path, query={"limit": limit, "cursor": cursor or None, **query})
        found = await self.run(page(Listing(path=path, read=read), asked))
        following = found.following.path if found.following else ""
        more = parse_qs(urlsplit(following).query).get("cursor", [""])
        return Rows(rows=list(found.rows), cursor=more[0])
