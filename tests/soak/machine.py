"""What happens to the processes: kills, and how much memory they hold."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from itertools import pairwise

import numpy as np
import psutil

from qtwin.serve.processes import Service, Supervisor

VICTIMS = ("worker", "sweeper", "broker")
"""The web process is what people look at: with one of it, they would see its death."""
MB = 2**20


class Kills:
    """Kills one of the processes behind the pages, again and again; it is started anew."""

    def __init__(self, supervisor: Supervisor, *, every_s: float, seed: int) -> None:
        self._supervisor, self._every_s = supervisor, every_s
        self._draw = random.Random(seed)
        self.done: Counter[str] = Counter()

    def run(self, stop: threading.Event) -> None:
        while not stop.wait(self._every_s):
            name = self._draw.choice(VICTIMS)
            service = next(one for one in self._supervisor.services if one.name == name)
            if service.process is not None and service.alive:
                os.killpg(service.process.pid, signal.SIGKILL)
                self.done[name] += 1


class Memory:
    """Bytes that only the web process and its predictor hold, over time."""

    EVERY_S = 5.0

    def __init__(self, web: Service) -> None:
        self._web = web
        self.bytes: list[tuple[int, int]] = []

    def run(self, stop: threading.Event) -> None:
        while not stop.wait(self.EVERY_S):
            if self._web.process is not None:
                web = psutil.Process(self._web.process.pid)
                others = sum(map(_own, web.children(recursive=True)))
                self.bytes.append((_own(web), others))

    def growth(self) -> float:
        """Of the median of the last quarter over that of the second; the first is warming up."""
        quarters = self._quarters([sum(both) for both in self.bytes])
        return quarters[3] / quarters[1] - 1 if quarters else float("nan")

    def parts(self) -> dict[str, list[float]]:
        """Medians of each process in all four quarters, in MB."""
        each = zip(("web", "predictor"), zip(*self.bytes, strict=True), strict=False)
        return {name: [round(one / MB, 1) for one in self._quarters(list(its))]
                for name, its in each}  # fmt: skip

    @staticmethod
    def _quarters(held: list[int]) -> list[float]:
        quarter = len(held) // 4
        if not quarter:
            return []
        edges = (0, quarter, 2 * quarter, len(held) - quarter, len(held))
        return [float(np.median(held[first:after])) for first, after in pairwise(edges)]


def _own(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().uss)
    except psutil.NoSuchProcess:
        return 0
