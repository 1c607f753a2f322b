"""One reader of the append-only event table per process, shared by all of its open streams."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection

from qtwin.jobs.models import Event
from qtwin.prepared import Read

POLL_S = 0.5
BATCH = 1000
QUEUE_ROWS = 1000
LOOK_BACK = 100
"""Ids are handed out before they commit, so a lower one may appear later: look again this far."""

log = logging.getLogger(__name__)


class Row(TypedDict):
    """An event as it is streamed."""

    id: int
    project_id: UUID
    job_id: UUID | None
    kind: str
    from_state: str
    to_state: str
    data: dict[str, Any]
    created_at: datetime


COLUMNS = tuple(Row.__annotations__)

Queue = asyncio.Queue[Row | None]
"""Rows for one stream; None means that it fell too far behind and must reconnect."""


class Feed:
    """Polls while somebody listens, and hands each new event to the streams of its project."""

    def __init__(self) -> None:
        self._listeners: dict[Queue, frozenset[UUID]] = {}
        self._sleepers: dict[asyncio.Event, Callable[[Row], bool]] = {}
        self._seen: set[int] = set()
        self._last = 0
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def listen(self, projects: Collection[UUID]) -> AsyncIterator[Queue]:
        """A queue of the events of these projects from now on."""
        queue: Queue = asyncio.Queue(QUEUE_ROWS)
        await self._begin()
        self._listeners[queue] = frozenset(projects)
        try:
            yield queue
        finally:
            del self._listeners[queue]
            self._end()

    @asynccontextmanager
    async def wake(self, wanted: Callable[[Row], bool]) -> AsyncIterator[asyncio.Event]:
        """A flag that is set when there is an event that somebody waits for."""
        flag = asyncio.Event()
        await self._begin()
        self._sleepers[flag] = wanted
        try:
            yield flag
        finally:
            del self._sleepers[flag]
            self._end()

    async def _begin(self) -> None:
        if not self._listeners and not self._sleepers:
            self._last = await sync_to_async(latest_event_id)()
            self._seen = set(range(self._last - LOOK_BACK, self._last + 1))
        if self._task is None or self._task.done():  # done: the poller broke
            self._task = asyncio.create_task(self._poll())

    def _end(self) -> None:
        if not self._listeners and not self._sleepers and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            try:
                rows = await _rows_after(self._last - LOOK_BACK)
            except DatabaseError:
                log.exception("the event table cannot be read; trying again")
                await sync_to_async(connection.close)()
                continue
            for row in rows:
                if row["id"] not in self._seen:
                    self._hand_out(row)
            self._last = max([self._last, *(row["id"] for row in rows)])
            self._seen = {row["id"] for row in rows if row["id"] > self._last - LOOK_BACK}

    def _hand_out(self, row: Row) -> None:
        for flag, wanted in self._sleepers.items():
            if wanted(row):
                flag.set()
        for queue, projects in self._listeners.items():
            if row["project_id"] not in projects:
                continue
            if queue.full():
                queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(row)


NEWEST: Read[int] = Read(lambda: Event.objects.order_by("-id").values_list("id", flat=True)[:1])


def latest_event_id() -> int:
    """Where a page's stream should begin: read it before the page's data."""
    return NEWEST.first() or 0


async def events_after(
    event_id: int, projects: Collection[UUID], job: UUID | None = None
) -> list[Row]:
    """Events of these projects, or of one job, that a stream missed, oldest first."""
    missed = Event.objects.filter(project_id__in=projects, id__gt=event_id).order_by("id")
    if job is not None:
        missed = missed.filter(job_id=job)
    return [row async for row in missed.values(*COLUMNS)[:BATCH]]


async def _rows_after(event_id: int) -> list[Row]:
    rows = Event.objects.filter(id__gt=event_id).order_by("id").values(*COLUMNS)[:BATCH]
    return [row async for row in rows]


_feeds: WeakKeyDictionary[asyncio.AbstractEventLoop, Feed] = WeakKeyDictionary()


def feed() -> Feed:
    """The feed of the running event loop."""
    return _feeds.setdefault(asyncio.get_running_loop(), Feed())
