"""The range of an axis, its round values, and how they are written."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From ``low`` to ``high``, which is above it."""

    low: float
    high: float

    @classmethod
    def over(cls, values: Iterable[float], *, room: float = 0.0) -> Span:
        """Of all finite values, with ``room`` of their extent at both ends; 0 to 1 of none."""
        known = [value for value in values if math.isfinite(value)]
        if not known:
            return cls(low=0.0, high=1.0)
        low, high = min(known), max(known)
        extent = high - low or max(abs(high), 1.0) * 1e-3
        more = room * extent if high > low else extent
        return cls(low=low - more, high=high + more)

    def share(self, value: float) -> float:
        """Where a value lies: 0 at the low end and 1 at the high end."""
        return (value - self.low) / (self.high - self.low)

    def ticks(self, most: int) -> list[float]:
        """Round values in it, at most so many."""
        rough = (self.high - self.low) / max(most, 1)
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * m for m in STEPS if power * m >= rough * (1 - 1e-9))
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(index * step, 12) for index in range(first, last + 1)]


def written(value: float) -> str:
    """A round value as an axis has it: ``12,000``, ``0.05``, ``−40``."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.6g}"
    return text.replace("-", "−")
