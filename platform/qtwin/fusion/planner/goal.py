"""What a plan is for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Aim(StrEnum):
    """What the runs shall improve: the whole curve, or the least or greatest value of it."""

    CURVE = "curve"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """At least one of a budget and a target; the plan ends at whichever comes first.

    Attributes:
        budget: Most that the runs may cost.
        target: Sigma over the weighted curve to reach, in the observable's unit.
        batch: Most runs to recommend now.
        aim: What shall improve.
    """

    budget: float | None = None
    target: float | None = None
    batch: int | None = None
    aim: Aim = Aim.CURVE

    def __post_init__(self) -> None:
        if self.budget is None and self.target is None:
            raise ValueError("a plan needs a budget or a target")
        for name in ("budget", "target"):
            value = getattr(self, name)
            if value is not None and not (np.isfinite(value) and value > 0.0):
                raise ValueError(f"{name} is {value!r}; it must be above 0")
        if self.batch is not None and self.batch < 1:
            raise ValueError(f"batch is {self.batch!r}; it must be 1 or more")
