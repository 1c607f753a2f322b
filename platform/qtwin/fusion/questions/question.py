"""Questions about the truth as a whole: what is asked, of which part of the box.

Shapes: ``D`` controls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from qtwin.fusion.base import FloatArray


class Kind(StrEnum):
    """What is asked of the curve."""

    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    CROSSING = "crossing"
    AREA = "area"


@dataclass(frozen=True, slots=True, kw_only=True)
class Functional:
    """A question about the truth, in canonical units.

    Attributes:
        kind: What is asked.
        order: 0 asks it of the observable, 1 of its first derivative along the free control.
        at: Controls that are held, by index; the others are free.
        within: Ranges that free controls are restricted to, by index.
        level: That a crossing is of, when it is not with the curve of another fit.
        rising: Only crossings where the curve rises (True) or falls (False) through.
    """

    kind: Kind
    order: int = 0
    at: Mapping[int, float] = field(default_factory=dict)
    within: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    level: float = 0.0
    rising: bool | None = None

    def __post_init__(self) -> None:
        """Refuse what no truth can answer.

        Raises:
            ValueError: The order is not 0 or 1, or a number is not finite.
        """
        if self.order not in (0, 1):
            raise ValueError(f"order {self.order}; allowed: 0, 1")
        if not np.all(np.isfinite([self.level, *self.at.values()])):
            raise ValueError("the level and the controls that are held must be finite")

    @property
    def needs_a_line(self) -> bool:
        """Whether exactly one control must be free."""
        return self.order > 0 or self.kind in (Kind.CROSSING, Kind.AREA)

    def ranges(self, bounds: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Lower and upper ends of each control, equal where it is held, each shape ``(D,)``.

        Raises:
            ValueError: A control is unknown, a range is outside the bounds, or not exactly one
                control is free where one must be.
        """
        low, high = bounds[:, 0].copy(), bounds[:, 1].copy()
        if unknown := [i for i in (*self.at, *self.within) if not 0 <= i < len(low)]:
            raise ValueError(f"control {unknown[0]}; allowed: 0 to {len(low) - 1}")
        for i, (a, b) in self.within.items():
            if not low[i] <= a < b <= high[i]:
                allowed = f"a < b between {float(low[i])!r} and {float(high[i])!r}"
                raise ValueError(f"range {a!r} to {b!r} of control {i}; allowed: {allowed}")
            low[i], high[i] = a, b
        for i, value in self.at.items():
            low[i] = high[i] = value
        self._check_free(int(np.sum(high > low)))
        return low, high

    def _check_free(self, free: int) -> None:
        if not free:
            raise ValueError("every control is held; at least one must be free")
        if self.needs_a_line and free > 1:
            what = f"{self.kind} of a derivative" if self.order else str(self.kind)
            raise ValueError(f"{free} controls are free; a {what} takes one: hold the others")
