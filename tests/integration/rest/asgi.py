"""Requests to an asynchronous application in this process, one that may take its time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qtwin.waiting.look import Application


@dataclass
class Asked:
    """A request that is under way; ``events`` are what the application has sent so far."""

    task: asyncio.Task[None]
    hang_up: asyncio.Event
    events: asyncio.Queue[Mapping[str, Any]]
    start: dict[str, Any] = field(default_factory=dict)

    async def begun(self) -> int:
        self.start = dict(await asyncio.wait_for(self.events.get(), 5.0))
        return int(self.start["status"])

    async def chunk(self) -> str:
        body: bytes = (await asyncio.wait_for(self.events.get(), 5.0))["body"]
        return body.decode()

    async def answer(self) -> tuple[int, Any]:
        """Status and JSON, once it is there."""
        status = await self.begun()
        text = await self.chunk()
        return status, json.loads(text) if text else None

    def header(self, name: str) -> str:
        return dict(self.start["headers"])[name.lower().encode()].decode()  # type: ignore[no-any-return]

    async def leave(self) -> None:
        self.hang_up.set()
        await asyncio.wait_for(self.task, 5.0)


def ask(app: Application, address: str, token: str | None, **headers: str) -> Asked:
    """Send a GET; underscores in the names of headers stand for dashes."""
    path, _, query = address.partition("?")
    sent = {"host": "localhost", **headers}
    if token is not None:
        sent["authorization"] = f"Bearer {token}"
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(n.replace("_", "-").encode(), v.encode()) for n, v in sent.items()],
        "client": ("192.0.2.1", 1),
    }
    hang_up, events = asyncio.Event(), asyncio.Queue[Mapping[str, Any]]()
    bodies = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Mapping[str, Any]:
        if bodies:
            return bodies.pop()
        await hang_up.wait()
        return {"type": "http.disconnect"}

    task = asyncio.ensure_future(app(scope, receive, events.put))
    return Asked(task=task, hang_up=hang_up, events=events)


async def take(asked: Asked, count: int) -> list[dict[str, Any]]:
    """The next events, as their id, kind and document."""
    events: list[dict[str, Any]] = []
    while len(events) < count:
        lines = (await asked.chunk()).splitlines()
        fields = dict(line.split(": ", 1) for line in lines if ": " in line)
        if "event" in fields:
            events.append({**fields, "id": int(fields["id"]), "data": json.loads(fields["data"])})
    return events
