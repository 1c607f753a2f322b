"""A stage of a transfer: where a policy was played, and what it was worth there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray
from qtwin.worlds.policies.policy import Policy
from qtwin.worlds.transfer.intervals import LEVEL, Interval, bootstrap, over_truths, wilson

NAMES = ("nominal", "randomised", "held_out", "noisy", "qpu")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """What playing gave, before any interval.

    Attributes:
        values: Of each episode, or of each shot of a device, shape ``(N,)``.
        truths: Which truth each is of, shape ``(N,)``; None where all are independent.
        paired: Whether another policy on the same stage meets the same truths and seeds, in order.
        shots: Of a device in all; 0 in a world.
    """

    values: FloatArray
    truths: NDArray[np.int64] | None = None
    paired: bool = False
    shots: int = 0

    def interval(self, *, seed: int = 0, level: float = LEVEL) -> Interval:
        """Of the mean, by the method that fits what was played."""
        if self.truths is not None and len(np.unique(self.truths)) > 1:
            return over_truths(self.values, self.truths, seed=seed, level=level)
        if self.shots and np.isin(self.values, (0.0, 1.0)).all():
            return wilson(int(self.values.sum()), len(self.values), level)
        return bootstrap(self.values, seed=seed, level=level)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rung:
    """One stage to be played.

    Attributes:
        name: One of `NAMES`.
        title: For a reader.
        play: Plays a policy there.
    """

    name: str
    title: str
    play: Callable[[Policy], Sample]

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            raise ValueError(f"stage {self.name!r}; allowed: {', '.join(NAMES)}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """One stage that was played by one policy."""

    rung: Rung
    sample: Sample
    interval: Interval

    @classmethod
    def play(cls, rung: Rung, policy: Policy, *, seed: int = 0) -> Stage:
        """Play it.

        Args:
            seed: Of the interval.
        """
        sample = rung.play(policy)
        return cls(rung=rung, sample=sample, interval=sample.interval(seed=seed))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        episodes = 0 if self.sample.shots else len(self.sample.values)
        return {
            "name": self.rung.name,
            "title": self.rung.title,
            **interval_document(self.interval),
            "episodes": episodes,
            "shots": self.sample.shots,
        }


Ladder: TypeAlias = Mapping[str, Stage]
"""By the stage's name."""


def interval_document(interval: Interval) -> dict[str, Any]:
    """Plain JSON."""
    return {
        "value": interval.value,
        "lower": interval.lower,
        "upper": interval.upper,
        "level": interval.level,
        "method": interval.method,
    }
