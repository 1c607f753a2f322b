"""Matérn-5/2 correlation (Rasmussen & Williams 2006, eq. 4.17)."""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray

_SQRT5 = float(np.sqrt(5.0))


def matern52(d2: FloatArray) -> FloatArray:
    """Correlation ``(1 + √5 r + 5/3 r²) exp(-√5 r)`` from squared scaled distances ``r²``."""
    r = _SQRT5 * np.sqrt(d2)
    k: FloatArray = (1.0 + r + (5.0 / 3.0) * d2) * np.exp(-r)
    return k


def matern52_slope(d2: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Correlation and ``-2 dk/d(r²) = 5/3 (1 + √5 r) exp(-√5 r)``.

    With ``r² = Σ_d (Δ_d / l_d)²`` the derivative by ``log l_d`` is the slope times
    ``(Δ_d / l_d)²``.
    """
    r = _SQRT5 * np.sqrt(d2)
    decay = np.exp(-r)
    slope: FloatArray = (5.0 / 3.0) * (1.0 + r) * decay
    return (1.0 + r + (5.0 / 3.0) * d2) * decay, slope


def squared_differences(a: FloatArray, b: FloatArray) -> FloatArray:
    """Squared differences per control: shapes ``(N, D)`` and ``(M, D)`` give ``(D, N, M)``."""
    squares: FloatArray = (a.T[:, :, None] - b.T[:, None, :]) ** 2
    return squares
