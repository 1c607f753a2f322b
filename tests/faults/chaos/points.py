"""Places between two steps of a worker where it may die, or stand still until its lease is over.

A point does nothing unless `arm` was called, which only the worker of the chaos runs does.
"""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

BEFORE_POST = "with its intent written down, before the post"
NOT_CREATED = "told that nothing was created"


@dataclass(slots=True)
class Dice:
    """What happens at points, by chance.

    Attributes:
        crash: Probability that the process kills itself.
        pause: Probability that it stops itself where that is allowed; the driver wakes it.
        sleep: The same at one chosen point.
        sleep_at: Which one.
        log: Gets a line for each, before it happens.
        calm: Once this file exists, nothing happens any more.
    """

    crash: float
    pause: float
    sleep: float
    sleep_at: str
    seed: int
    log: Path
    calm: Path
    thrown: random.Random = field(default_factory=random.Random)
    pid: int = 0

    def throw(self) -> float:
        if self.pid != os.getpid():  # a fork must not throw what its parent throws
            self.pid = os.getpid()
            self.thrown = random.Random(f"{self.seed} {self.pid} {time.time_ns()}")
        return self.thrown.random()

    def note(self, what: str, where: str) -> None:
        with self.log.open("a") as log:
            log.write(f"{what}\t{os.getpid()}\t{time.time():.3f}\t{where}\n")


armed: list[Dice] = []


def arm(dice: Dice) -> None:
    """Make the points of this process, and of what it forks, dangerous."""
    armed[:] = [dice]


def point(where: str, *, may_pause: bool = False) -> None:
    """A place between two steps."""
    for dice in armed:
        thrown = dice.throw()
        still = dice.sleep if where == dice.sleep_at else dice.pause if may_pause else 0.0
        if thrown < dice.crash + still and dice.calm.exists():
            return
        if thrown < dice.crash:
            dice.note("crash", where)
            os.kill(os.getpid(), signal.SIGKILL)
        elif thrown < dice.crash + still:
            dice.note("pause", where)
            os.kill(os.getpid(), signal.SIGSTOP)
