"""What goes wrong, how often, and how the dice are thrown."""

from __future__ import annotations

import random
import threading
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self


class Fate(StrEnum):
    """What happens to one post of a task."""

    DROP_BEFORE = "drop_before"
    BUSY = "busy"
    AWAY = "away"
    DROP_AFTER = "drop_after"
    ERROR_AFTER = "error_after"
    LATE_ANSWER = "late_answer"
    FINE = "fine"

    @property
    def creates(self) -> bool:
        """Whether the task exists afterwards."""
        return self not in {Fate.DROP_BEFORE, Fate.BUSY, Fate.AWAY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How the vendor behaves; probabilities are per request.

    Attributes:
        drop_before: The connection breaks before the task exists.
        busy: 429, which promises that no task was made.
        away: 503 before the task exists; promises nothing.
        drop_after: The connection breaks when the task exists.
        error_after: 500 when the task exists.
        late_answer: The task exists at once, and the answer comes after ``late_s``.
        broken_read: A status, a list or a cancellation is dropped, or answered with 502.
        late_bill: A task costs a tenth more or less than it says at first.
        lag_s: How long a new task is missing from lists.
        bill_lag_s: How long after it said that the task is ready it says so, at the latest.
        shortest_s: The fastest that a task ends.
        longest_s: The slowest.
    """

    drop_before: float = 0.05
    busy: float = 0.05
    away: float = 0.05
    drop_after: float = 0.05
    error_after: float = 0.05
    late_answer: float = 0.01
    broken_read: float = 0.03
    late_bill: float = 0.0
    late_s: float = 3.0
    lag_s: float = 1.0
    bill_lag_s: float = 0.0
    shortest_s: float = 0.2
    longest_s: float = 2.0

    @classmethod
    def calm(cls, **changed: float) -> Self:
        """Nothing goes wrong, and nothing takes long."""
        nothing = dict.fromkeys((field.name for field in fields(cls)), 0.0)
        return cls(**(nothing | changed))

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class Dice:
    """Throws for requests that come from many threads."""

    def __init__(self, rates: Rates, seed: int) -> None:
        self.rates = rates
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def fate(self) -> Fate:
        """What happens to the next post."""
        with self._lock:
            thrown = self._random.random()
        for fate in Fate:
            if fate is not Fate.FINE:
                thrown -= float(getattr(self.rates, fate.value))
                if thrown < 0:
                    return fate
        return Fate.FINE

    def read_fate(self) -> Fate:
        """What happens to the next request that makes nothing."""
        with self._lock:
            thrown = self._random.random() / (self.rates.broken_read or 1e-9)
        return Fate.FINE if thrown >= 1 else Fate.DROP_BEFORE if thrown < 0.5 else Fate.AWAY

    def extra(self, cost: int) -> tuple[int, float]:
        """What the next task costs more in the end, and how long after its end it says so."""
        with self._lock:
            late = self._random.random() < self.rates.late_bill
            extra = self._random.choice([-1, 1]) * (cost // 10)
            return extra * late, self._random.uniform(0.0, self.rates.bill_lag_s)

    def seconds(self) -> float:
        """How long the next task takes."""
        with self._lock:
            return self._random.uniform(self.rates.shortest_s, self.rates.longest_s)
