"""A queue with some servers: who comes first is served first, by whoever is free first.

Letters: N arrivals.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapreplace

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """What a station did.

    Attributes:
        busy: Share of its servers' time in which they worked, of the time in which arrivals came.
        seconds: Each arrival's wait, shape (N,).
    """

    busy: float
    seconds: Seconds

    @property
    def mean_s(self) -> float:
        return float(self.seconds.mean()) if self.seconds.size else 0.0

    @property
    def p95_s(self) -> float:
        return float(np.quantile(self.seconds, 0.95)) if self.seconds.size else 0.0


def serve(arrivals: Seconds, service: Seconds, *, servers: int) -> Waits:
    """Serve sorted arrivals, shape (N,), with these service times, shape (N,), in seconds.

    The recursion of Kiefer and Wolfowitz (Transactions of the AMS 78, 1955); for one server that of
    Lindley, whose waits are what a random walk stands above its minimum.

    Raises:
        ValueError: Without a server.
    """
    if servers < 1:
        raise ValueError(f"servers = {servers}; allowed: 1 or more")
    if not arrivals.size:
        return Waits(busy=0.0, seconds=np.zeros(0))
    span = float(arrivals[-1]) or 1.0
    waits = _one(arrivals, service) if servers == 1 else _many(arrivals, service, servers)
    return Waits(busy=float(service.sum()) / (servers * span), seconds=waits)


def _one(arrivals: Seconds, service: Seconds) -> Seconds:
    walk = np.concatenate(([0.0], np.cumsum(service[:-1] - np.diff(arrivals))))
    return walk - np.minimum.accumulate(walk)


def _many(arrivals: Seconds, service: Seconds, servers: int) -> Seconds:
    free = [0.0] * servers
    waits = np.empty(arrivals.size)
    for index, (at, seconds) in enumerate(zip(arrivals.tolist(), service.tolist(), strict=True)):
        start = max(at, free[0])
        waits[index] = start - at
        heapreplace(free, start + seconds)
    return waits
