"""How an amplitude changes over the controls: ``exp(g . (x - 1/2))`` within the unit cube.

A kernel ``a(x) k(x, x') a(x')`` is the vertical rescaling of Rasmussen & Williams (2006, section
4.2.4): the simplest truth or error that is flat in one region and steep in another. Outside the
cube, where nothing was learned, the amplitude stays what it is at the border.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray


def growth(slope: FloatArray, x: FloatArray) -> FloatArray:
    """The factor at x: shapes ``(D,)`` and ``(M, D)`` give ``(M,)``."""
    factor: FloatArray = np.exp((np.clip(x, 0.0, 1.0) - 0.5) @ slope)
    return factor


def slope_along(slope: FloatArray, x: FloatArray, axis: int) -> FloatArray:
    """Derivative of the factor's logarithm by one control, shape ``(M,)``; 0 outside the cube."""
    along = x[:, axis]
    inside = (along >= 0.0) & (along <= 1.0)
    return np.where(inside, slope[axis], 0.0)
