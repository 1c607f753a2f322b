"""Event streams: ``GET …/events`` that accepts ``text/event-stream``, with replay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async

from qtwin.jobs.feed import Queue, Row, events_after, feed, latest_event_id
from qtwin.jobs.stream import CONTENT_TYPE, HEARTBEAT, HEARTBEAT_S, RETRY, encode, start_after
from qtwin.rates.caller import caller_of
from qtwin.waiting.asked import stream_asked
from qtwin.waiting.look import Application, Receive, Scope, Seen, Send, gone, header, look
from qtwin.waiting.seats import Seats
from qtwin.waiting.watch import Watch

STREAMS = 32
LOOK_S = 60.0
"""After this long it is asked again whether the caller may still see what it is sent."""
HEADERS = [
    (b"content-type", CONTENT_TYPE.encode()),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class EventStream:
    """An application around another one, whose views answer the same addresses with a page."""

    def __init__(self, app: Application, *, most: int = STREAMS) -> None:
        self._app, self._seats = app, Seats(most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not stream_asked(scope):
            await self._app(scope, receive, send)
            return
        with self._seats.seat(caller_of(scope)) as seated:
            if not seated:
                await self._seats.refusal(scope["path"]).send(send)
                return
            seen = await self._look(scope)
            if seen.status != 200 or seen.watch is None:
                await seen.send(send)
                return
            await self._stream(scope, receive, send, seen.watch)

    async def _look(self, scope: Scope) -> Seen:
        """Whether the caller may see the events, by asking for a page of one."""
        others = [pair for pair in scope["headers"] if pair[0] != b"accept"]
        accepts = (b"accept", b"application/json")
        page = {**scope, "headers": [*others, accepts], "query_string": b"limit=1"}
        seen = await look(self._app, page)
        scope |= {name: value for name, value in page.items() if name not in scope}
        return seen

    async def _stream(self, scope: Scope, receive: Receive, send: Send, watch: Watch) -> None:
        async def may_go_on() -> bool:
            seen = await self._look(scope)
            return seen.status == 200 and seen.watch == watch

        hung_up = asyncio.create_task(gone(receive))
        sending = asyncio.create_task(_send_all(send, _lines(_after(scope), watch, may_go_on)))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await asyncio.wait({hung_up, sending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (hung_up, sending):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


async def _send_all(send: Send, lines: AsyncIterator[bytes]) -> None:
    async for line in lines:
        await send({"type": "http.response.body", "body": line, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _lines(
    after: int | None, watch: Watch, may_go_on: Callable[[], Any]
) -> AsyncIterator[bytes]:
    """What is sent, until the caller may no longer see it, or has fallen too far behind."""
    start = await sync_to_async(latest_event_id)() if after is None else after
    async with feed().listen(watch.projects) as queue:
        yield RETRY
        missed = await events_after(start, watch.projects, watch.job)
        for one in missed:
            yield encode(one)
        sent = {row["id"] for row in missed}
        async for row in _news(queue, may_go_on):
            if row is None:
                yield HEARTBEAT
            elif row["id"] not in sent and watch.job in {None, row["job_id"]}:
                yield encode(row)


async def _news(queue: Queue, may_go_on: Callable[[], Any]) -> AsyncIterator[Row | None]:
    """Rows as they come; None where nothing came for a while."""
    clock = asyncio.get_running_loop().time
    again = clock() + LOOK_S
    while True:
        if clock() >= again:
            if not await may_go_on():
                return
            again = clock() + LOOK_S
        try:
            row = await asyncio.wait_for(queue.get(), min(HEARTBEAT_S, LOOK_S))
        except TimeoutError:
            yield None
            continue
        if row is None:
            return
        yield row


def _after(scope: Scope) -> int | None:
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("after", [""])[0]
    return start_after(header(scope, b"last-event-id") or asked)
