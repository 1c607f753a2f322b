"""How many of one caller's requests may wait at a time in this process."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from qtwin.rates.caller import Caller
from qtwin.rest.document import document
from qtwin.waiting.look import Seen

AGAIN_S = 5


class Seats:
    """Keeps count.

    Args:
        most: Seats of one token, session, or address without either.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._taken: Counter[str] = Counter()

    @contextmanager
    def seat(self, caller: Caller) -> Iterator[bool]:
        """Keep a seat meanwhile; False where none was left."""
        who = caller.claim or caller.address
        if self._taken[who] >= self.most:
            yield False
            return
        self._taken[who] += 1
        try:
            yield True
        finally:
            self._taken[who] -= 1
            if not self._taken[who]:
                del self._taken[who]

    def refusal(self, path: str) -> Seen:
        """What is answered to one request too many."""
        detail = f"too many requests of yours wait already; allowed: {self.most} at a time"
        problem = document(status=429, code="too_many_waiting", detail=detail, instance=path)
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"retry-after", str(AGAIN_S).encode()),
            (b"cache-control", b"no-store"),
        ]
        return Seen(status=429, headers=headers, body=json.dumps(problem).encode(), watch=None)
