"""Matérn-5/2 correlation (Rasmussen & Williams 2006, eq. 4.17)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matern:
    """Correlation with what its slope needs, all of one shape.

    Attributes:
        value: ``(1 + √5 r + 5/3 r²) exp(-√5 r)``.
        reach: ``√5 r``.
        decay: ``exp(-√5 r)``.
    """

    value: FloatArray
    reach: FloatArray
    decay: FloatArray

    @property
    def slope(self) -> FloatArray:
        """``-2 dk/d(r²) = 5/3 (1 + √5 r) exp(-√5 r)``.

        With ``r² = Σ_d (Δ_d / l_d)²`` the derivative by ``log l_d`` is the slope times
        ``(Δ_d / l_d)²``.
        """
        slope: FloatArray = (5.0 / 3.0) * (1.0 + self.reach) * self.decay
        return slope


def matern52(d2: FloatArray) -> Matern:
    """The correlation at squared scaled distances ``r²``."""
    reach = np.sqrt(5.0 * d2)
    decay = np.exp(-reach)
    value = (1.0 + reach * (1.0 + reach / 3.0)) * decay
    return Matern(value=value, reach=reach, decay=decay)


def squared_differences(a: FloatArray, b: FloatArray) -> FloatArray:
    """Squared differences per control: shapes ``(N, D)`` and ``(M, D)`` give ``(D, N, M)``."""
    squares: FloatArray = (a.T[:, :, None] - b.T[:, None, :]) ** 2
    return squares
