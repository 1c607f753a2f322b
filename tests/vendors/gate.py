"""Holds back a vendor's answers: what was asked for is done, and nobody has heard of it yet."""

from __future__ import annotations

import re
import threading

LONGEST_S = 60.0


class Gate:
    """Open at first; a server's threads pass it before each answer.

    Attributes:
        waiting: Verb and path of each request whose answer was held back since it was closed.
    """

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self._held = re.compile("")
        self._is_open = threading.Event()
        self._is_open.set()

    def close(self, held: str) -> None:
        """Hold back the answers to requests whose verb and path this pattern finds."""
        self.waiting = []
        self._held = re.compile(held)
        self._is_open.clear()

    def open(self) -> None:
        """Let everything out; who asked may be gone by now."""
        self._is_open.set()

    def leave(self, request: str) -> None:
        """Wait until the answer to a request, ``VERB /path``, may be given."""
        if not self._is_open.is_set() and self._held.search(request):
            self.waiting.append(request)
            self._is_open.wait(LONGEST_S)
