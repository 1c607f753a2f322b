"""Numbers of a device as steps of one colour scale: the stronger, the larger."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

STEPS = 6
MANY = 20
"""From so many numbers on, the first and the last step are for the smallest and largest 20th."""
EQUAL = 1.0 + 1e-9
"""Ratio of the largest to the smallest below which all numbers are one step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Bounds of the steps, at equal ratios, as errors span orders of magnitude.

    Attributes:
        bounds: Ascending; of step ``k`` from ``bounds[k]`` to ``bounds[k + 1]``.
    """

    bounds: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> Scale | None:
        """From the smallest to the largest positive number; None where there is none."""
        known = sorted(value for value in values if value > 0 and math.isfinite(value))
        if not known:
            return None
        low, high = known[0], known[-1]
        if high / low < EQUAL:
            return cls(bounds=(low, high))
        if len(known) < MANY:
            return cls(bounds=(*_between(low, high, STEPS), high))
        tail = len(known) // MANY
        first, last = known[tail], known[-1 - tail]
        return cls(bounds=(low, *_between(first, last, STEPS - 2), last, high))

    @property
    def steps(self) -> int:
        return len(self.bounds) - 1

    def step(self, value: float) -> int:
        """Of a value; those below the first bound, such as 0, are in the first step."""
        inner = self.bounds[1:-1]
        return sum(value >= bound for bound in inner)


def _between(low: float, high: float, steps: int) -> list[float]:
    """Where each of some steps begins, at equal ratios."""
    ratio = (high / low) ** (1 / steps)
    return [low * ratio**step for step in range(steps)]
