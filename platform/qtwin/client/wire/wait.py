"""Waiting for something on the server: a long poll where it has one, else growing pauses."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from qtwin.client.wire.ask import fetch, read_json
from qtwin.client.wire.errors import Refused, TookTooLong, Unreachable
from qtwin.client.wire.flow import Flow, Pause, Request

T = TypeVar("T")
LONG_POLL_S = 30
FIRST_S, LONGEST_S = 0.2, 10.0
PATIENCE_S = 300.0
"""A server that is started anew, or a network that is away, does not end a long wait."""
UNCHANGED = 304


def wait(
    path: str,
    read: Callable[[Any], T],
    done: Callable[[T], bool],
    *,
    what: str,
    timeout: float | None,
    progress: Callable[[T], None] | None = None,
) -> Flow[T]:
    """Ask until ``done``; ``progress`` is told each answer.

    A server that holds the answer back until something happens is asked again at once; after one
    that answers at once and has nothing new, there is a pause that grows.

    Raises:
        TookTooLong: It was not done within ``timeout`` seconds.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    watched, pause_s = _Watched(path=path), FIRST_S
    while True:
        began = time.monotonic()
        left_s = None if deadline is None else deadline - began
        news = yield from watched.look(left_s)
        row = read(watched.document)
        if progress is not None:
            progress(row)
        if done(row):
            return row
        pause_s = FIRST_S if news else min(1.5 * pause_s, LONGEST_S)
        rest_s = pause_s - (time.monotonic() - began)
        if deadline is not None:
            left_s = deadline - time.monotonic()
            if left_s <= 0.0:
                raise TookTooLong(f"{what}: not done after {timeout:g} s; it goes on")
            rest_s = min(rest_s, left_s)
        if rest_s > 0.0:
            yield Pause(seconds=rest_s)


@dataclass(slots=True, kw_only=True)
class _Watched:
    """What was seen last of one thing, by its tag, so that the server knows what is news."""

    path: str
    document: Any = None
    tag: str = ""
    polls: bool = True
    seen_s: float = 0.0

    def look(self, left_s: float | None) -> Flow[bool]:
        """Look once, for as long as there is time; whether there is news."""
        try:
            return (yield from self._look(left_s))
        except Unreachable:
            if self.document is None or time.monotonic() - self.seen_s > PATIENCE_S:
                raise
            return False

    def _look(self, left_s: float | None) -> Flow[bool]:
        first = self.document is None
        seconds = LONG_POLL_S if left_s is None else int(min(LONG_POLL_S, left_s))
        if not first and self.polls and seconds >= 1:
            try:
                return (yield from self._ask(seconds))
            except Refused as refused:
                if not any(one.pointer == "?wait" for one in refused.errors):
                    raise
                self.polls = False
        return (yield from self._ask(None))

    def _ask(self, seconds: int | None) -> Flow[bool]:
        tag = {"If-None-Match": self.tag} if self.tag else {}
        request = Request(path=self.path, query={"wait": seconds}, headers=tag)
        answer = yield from fetch(request)
        self.seen_s = time.monotonic()
        if answer.status == UNCHANGED:
            return False
        self.tag = answer.headers.get("etag", "")
        before, self.document = self.document, read_json(answer, request)
        return bool(self.document != before)
