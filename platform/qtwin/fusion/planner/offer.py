"""What a source can run, and at which price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Cost of one run, ``run + shot * shots``, in any one unit."""

    run: float
    shot: float = 0.0

    def __post_init__(self) -> None:
        for name in ("run", "shot"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value >= 0.0):
                raise ValueError(f"price {name!r} is {value!r}; it must be 0 or more")
        if self.run == 0.0 and self.shot == 0.0:
            raise ValueError("a price of 0 allows no gain per cost; it must be above 0")

    def of(self, shots: float) -> float:
        """Cost of a run with so many shots."""
        return self.run + self.shot * shots


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Values of a source's knobs: the noise gain of a device, and those in the discrepancy."""

    gain: float | None = None
    knobs: Mapping[str, float] = field(default_factory=dict)

    def key(self) -> tuple[object, ...]:
        """Equal for equal settings, and sortable."""
        return (self.gain if self.gain is not None else 1.0, *sorted(self.knobs.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One source that may be run.

    Attributes:
        price: Of one run.
        shots: Shot counts to choose from; by default a quarter of, as many as and four times as
            many as its runs so far had, when a shot has a price and their shots are known.
        settings: Settings to choose from, beside those that it has run.
    """

    price: Price
    shots: tuple[int, ...] = ()
    settings: tuple[Setting, ...] = ()

    def __post_init__(self) -> None:
        if any(shots < 1 for shots in self.shots):
            raise ValueError(f"shots has {min(self.shots)!r}; allowed: 1 or more")
