"""What people saw, written by many threads."""

from __future__ import annotations

import threading
from collections import defaultdict

import numpy as np


class Log:
    """Answers with their seconds, and errors with what was asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds: dict[str, list[float]] = defaultdict(list)
        self.errors: list[str] = []

    def answered(self, what: str, seconds: float) -> None:
        with self._lock:
            self._seconds[what].append(seconds)

    def failed(self, what: str, why: object) -> None:
        with self._lock:
            self.errors.append(f"{what}: {why}"[:300])

    @property
    def answers(self) -> int:
        with self._lock:
            return sum(map(len, self._seconds.values()))

    def p95_ms(self) -> dict[str, float]:
        """Of each kind of request, and of all reads together."""
        with self._lock:
            kinds = {what: list(seconds) for what, seconds in self._seconds.items()}
        reads = [
            one for what, seconds in kinds.items() if what.startswith("GET") for one in seconds
        ]
        kinds["all reads"] = reads
        return {
            what: 1000 * float(np.quantile(seconds, 0.95))
            for what, seconds in sorted(kinds.items())
            if seconds
        }
