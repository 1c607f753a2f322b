"""Observations brought to about [-1, 1] before a network sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from qtwin.fusion.base import FloatArray

if TYPE_CHECKING:
    import gymnasium


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scaling:
    """``(o - centre) / width`` of each of O observed numbers.

    Attributes:
        centre: Shape ``(O,)``.
        width: Shape ``(O,)``, above 0.
    """

    centre: FloatArray
    width: FloatArray

    def __post_init__(self) -> None:
        if self.centre.ndim != 1 or self.centre.shape != self.width.shape:
            raise ValueError(
                f"centre and width have shapes {self.centre.shape} and {self.width.shape}; "
                "allowed: (O,) each"
            )
        if not (np.isfinite(self.centre).all() and np.isfinite(self.width).all()):
            raise ValueError("centre and width must be finite")
        if not (self.width > 0).all():
            raise ValueError("width must be above 0")

    @classmethod
    def of(cls, space: gymnasium.spaces.Box) -> Self:
        """From the bounds of a space, where both are finite; elsewhere as observed."""
        low, high = (np.asarray(b, dtype=np.float64).ravel() for b in (space.low, space.high))
        known = np.isfinite(low) & np.isfinite(high) & (high > low) & (high - low < 1e30)
        low, high = np.where(known, low, -1.0), np.where(known, high, 1.0)
        return cls(centre=(low + high) / 2, width=(high - low) / 2)

    def __call__(self, observations: FloatArray) -> FloatArray:
        """Shape ``(..., O)``."""
        scaled: FloatArray = (observations - self.centre) / self.width
        return scaled
