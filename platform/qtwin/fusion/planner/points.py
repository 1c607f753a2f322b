"""Where runs may be made and where the curve is judged, when nobody says.

Shapes: ``M`` points, ``D`` controls.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray

_LINE = 41
_MANY = 64


def default_points(bounds: FloatArray) -> FloatArray:
    """Evenly spaced for one control, Halton points and the corners for more; ``(M, D)``."""
    low, high = np.asarray(bounds, dtype=np.float64).T
    dimensions = len(low)
    if dimensions == 1:
        return np.asarray(np.linspace(low, high, _LINE))
    from scipy.stats import qmc

    inside = qmc.Halton(dimensions, scramble=False).random(_MANY + 1)[1:]
    corners = [
        [float(bit) for bit in f"{corner:0{dimensions}b}"] for corner in range(2**dimensions)
    ]
    unit = np.concatenate([inside, corners]) if dimensions <= 4 else inside
    points: FloatArray = low + unit * (high - low)
    return points
