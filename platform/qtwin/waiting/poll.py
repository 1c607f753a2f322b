"""Long polls: ``GET /jobs/{id}?wait=30`` is answered when there is news, or when time is up."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import UUID

from qtwin.jobs.feed import Row, feed
from qtwin.jobs.states import TERMINAL
from qtwin.rates.caller import caller_of
from qtwin.waiting.asked import poll_asked
from qtwin.waiting.look import Application, Receive, Scope, Seen, Send, gone, header, look
from qtwin.waiting.seats import Seats

WAITERS = 64
LOOKS = 2
"""Looks at a time, of all who wait: news for many of them must not hold up everybody else."""
PAUSE_S = 0.25
"""Between two looks of one who waits: news often come together."""


class LongPoll:
    """An application around another one."""

    def __init__(self, app: Application, *, most: int = WAITERS) -> None:
        self._app, self._seats = app, Seats(most)
        self._looks = asyncio.Semaphore(LOOKS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        poll = _Poll.asked_by(scope)
        if poll is None:
            await self._app(scope, receive, send)
            return
        with self._seats.seat(caller_of(scope)) as seated:
            if not seated:
                await self._seats.refusal(scope["path"]).send(send)
                return
            seen = await self._until(poll, scope, receive)
        if seen is not None:
            await seen.send(send)

    async def _until(self, poll: _Poll, scope: Scope, receive: Receive) -> Seen | None:
        """The answer, or None for a client that has hung up."""
        end = asyncio.get_running_loop().time() + poll.seconds
        hung_up = asyncio.create_task(gone(receive))
        try:
            async with feed().wake(poll.concerns) as news:
                while True:
                    news.clear()
                    async with self._looks:
                        seen = await look(self._app, scope)
                    left = end - asyncio.get_running_loop().time()
                    if left <= 0.0 or poll.told_by(seen):
                        return seen
                    if not await _slept(news, hung_up, left):
                        return None
        finally:
            hung_up.cancel()
            with suppress(asyncio.CancelledError):
                await hung_up


async def _slept(news: asyncio.Event, hung_up: asyncio.Task[None], most_s: float) -> bool:
    """Sleep until there is news or time is up; False if the client has hung up."""
    woken = asyncio.create_task(_woken(news))
    done, _ = await asyncio.wait(
        {woken, hung_up}, timeout=most_s, return_when=asyncio.FIRST_COMPLETED
    )
    woken.cancel()
    return hung_up not in done


async def _woken(news: asyncio.Event) -> None:
    await asyncio.sleep(PAUSE_S)
    await news.wait()


class _Poll:
    """What is waited for.

    Args:
        kind: As the address says, such as ``jobs``.
        subject: Its id.
        seconds: For how long at most.
        tagged: Whether any change is news; else only the end is.
    """

    def __init__(self, *, kind: str, subject: UUID, seconds: float, tagged: bool) -> None:
        self.seconds, self._tagged = seconds, tagged
        self._kind, self._subject = kind, subject
        self._projects: frozenset[UUID] | None = None

    @classmethod
    def asked_by(cls, scope: Scope) -> _Poll | None:
        """The poll that a request asks for; None for any other request."""
        asked = poll_asked(scope)
        if asked is None:
            return None
        tagged = bool(header(scope, b"if-none-match"))
        return cls(kind=asked.kind, subject=asked.subject, seconds=asked.seconds, tagged=tagged)

    def told_by(self, seen: Seen) -> bool:
        """Whether an answer is one that was waited for, or says that waiting is of no use."""
        if seen.watch is None:
            return True
        self._projects = seen.watch.projects
        if self._tagged:
            return seen.status != 304
        return seen.watch.ended

    def concerns(self, row: Row) -> bool:
        """Whether an event is a reason to look again."""
        if self._kind == "jobs":
            ends = row["to_state"] in TERMINAL
            return row["job_id"] == self._subject and (self._tagged or ends)
        if not self._tagged:
            return _subject(row) == str(self._subject)
        return self._projects is None or row["project_id"] in self._projects


def _subject(row: Row) -> str:
    """Whose change of state an event tells of, besides those of jobs."""
    if not row["kind"].endswith(".state"):
        return ""
    return str(row["data"].get("campaign") or row["data"].get("id"))
