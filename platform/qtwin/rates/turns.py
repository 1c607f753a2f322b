"""A caller's requests are worked on a few at a time, so that a burst leaves room for others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class _Line:
    places: asyncio.Semaphore
    people: int = 0


class Turns:
    """Args: most: Requests of one caller at a time in this process; 0 for no limit."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lines: dict[str, _Line] = {}

    @asynccontextmanager
    async def turn(self, caller: str) -> AsyncIterator[None]:
        """Wait for a place, and keep it meanwhile."""
        if not self._most:
            yield
            return
        line = self._lines.setdefault(caller, _Line(asyncio.Semaphore(self._most)))
        line.people += 1
        try:
            async with line.places:
                yield
        finally:
            line.people -= 1
            if not line.people:
                del self._lines[caller]
