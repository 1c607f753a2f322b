"""A question that may hang, asked in a thread of its own by at most one asker at a time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

LONGEST_S = 2.0
KEPT_S = 1.0
"""An answer is told again for so long, whoever asks how often."""


class Patience:
    """Args: ask: Returns what is wrong, or empty."""

    def __init__(self, ask: Callable[[], str], *, longest_s: float = LONGEST_S) -> None:
        self._ask, self._longest_s = ask, longest_s
        self._asked: Future[str] | None = None
        self._at = 0.0

    async def problem(self) -> str:
        """The answer; one that does not come in time is a problem too."""
        asked = self._asked
        if asked is None or (asked.done() and time.monotonic() - self._at > KEPT_S):
            asked = self._begin()
        try:
            answer = asyncio.shield(asyncio.wrap_future(asked))
            return await asyncio.wait_for(answer, self._longest_s)
        except TimeoutError:
            return f"no answer within {self._longest_s:g} s"

    def _begin(self) -> Future[str]:
        asked: Future[str] = Future()
        self._asked, self._at = asked, time.monotonic()
        # No pool: at the end of the process it would wait for a thread that hangs.
        threading.Thread(target=self._run, args=[asked], daemon=True).start()
        return asked

    def _run(self, asked: Future[str]) -> None:
        from django.db import connection

        try:
            asked.set_result(self._ask())
        except Exception as error:  # what nobody thought of is a problem as well
            asked.set_result(f"failed: {type(error).__name__}")
        finally:
            connection.close()
