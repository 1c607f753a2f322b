"""Points that fill a cube evenly, however many there are."""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray

_ITERATIONS = 40


def sequence(count: int, dimensions: int) -> FloatArray:
    """Roberts' R sequence (2018), shape ``(count, dimensions)``, in the unit cube.

    The additive recurrence ``x_n = 1/2 + n (φ⁻¹, φ⁻², …) mod 1`` of the generalised golden ratio,
    ``φ^(D + 1) = φ + 1`` in D dimensions.
    """
    ratio = 2.0
    for _ in range(_ITERATIONS):
        ratio = (1.0 + ratio) ** (1.0 / (dimensions + 1))
    steps = ratio ** -np.arange(1.0, dimensions + 1.0)
    points: FloatArray = (0.5 + np.arange(1, count + 1)[:, None] * steps) % 1.0
    return points
