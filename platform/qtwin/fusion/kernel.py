"""Matérn-5/2 correlation (Rasmussen & Williams 2006, eq. 4.17)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray

_FAR = 700.0  # where the correlation is 0 to double precision, and nothing overflows yet


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


def matern52(d2: FloatArray, *, overwrite: bool = False) -> Matern:
    """The correlation at squared scaled distances ``r²``; may take over their memory."""
    reach = np.multiply(d2, 5.0, out=d2 if overwrite else None)
    np.sqrt(reach, out=reach)
    np.minimum(reach, _FAR, out=reach)
    decay = np.exp(-reach)
    value = reach * (1.0 / 3.0)
    value += 1.0
    value *= reach
    value += 1.0
    value *= decay
    return Matern(value=value, reach=reach, decay=decay)


def squared_differences(a: FloatArray, b: FloatArray) -> FloatArray:
    """Squared differences per control: shapes ``(N, D)`` and ``(M, D)`` give ``(D, N, M)``."""
    squares: FloatArray = a.T[:, :, None] - b.T[:, None, :]
    squares *= squares
    return squares


def squared_distance(squares: FloatArray, log_length: FloatArray) -> FloatArray:
    """``Σ_d (Δ_d / l_d)²`` of squared differences ``(D, N, M)``; a new array, shape ``(N, M)``."""
    inverse = np.exp(-2.0 * log_length)
    total: FloatArray = inverse[0] * squares[0]
    for scale, square in zip(inverse[1:], squares[1:], strict=True):
        total += scale * square
    return total
