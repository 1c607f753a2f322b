"""An axis: from values to pixels, with round ticks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Values ``lower`` to ``upper`` are drawn at pixels ``start`` to ``end``."""

    lower: float
    upper: float
    start: float
    end: float

    def at(self, values: FloatArray) -> FloatArray:
        """Pixels of values; far outside they are cut, so that numbers stay short."""
        part = (values - self.lower) / (self.upper - self.lower)
        pixels: FloatArray = self.start + np.clip(part, -9.0, 10.0) * (self.end - self.start)
        return pixels

    def ticks(self) -> FloatArray:
        """Three to seven round values."""
        step = _step(self.upper - self.lower)
        first, last = np.ceil(self.lower / step), np.floor(self.upper / step)
        ticks: FloatArray = np.arange(first, last + 0.5) * step + 0.0
        return ticks

    @property
    def exponent(self) -> int:
        """Power of ten that labels leave to the title of the axis; 0 for ordinary numbers."""
        largest = max(abs(self.lower), abs(self.upper))
        power = int(np.floor(np.log10(largest))) if largest > 0.0 else 0
        return 0 if -4 <= power < 6 else power

    def labels(self) -> list[str]:
        """A label of each tick, over ten to the ``exponent``."""
        scale = 10.0**-self.exponent
        step = _step(self.upper - self.lower) * scale
        decimals = int(np.clip(-np.floor(np.log10(step) + 1e-9), 0, 12))
        return [f"{tick * scale:.{decimals}f}".replace("-", "−") for tick in self.ticks()]


def padded(lower: float, upper: float, part: float = 0.04) -> tuple[float, float]:
    """A range with room around it, also where it is a single value."""
    room = part * (upper - lower) or 0.5 * max(abs(upper), abs(lower)) or 1.0
    return lower - room, upper + room


def _step(width: float) -> float:
    """1, 2 or 5 times a power of ten, such that there are 3 to 7 of them."""
    power = 10.0 ** np.floor(np.log10(width / 6.0))
    return float(next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= width / 6.0))
