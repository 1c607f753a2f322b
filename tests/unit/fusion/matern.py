"""The kernel of every prior, written anew."""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray


def matern52(a: FloatArray, b: FloatArray, length: float) -> FloatArray:
    """Matérn-5/2 between points of one control, ``(1 + s + s²/3) e^-s`` with ``s = √5 r / l``."""
    s = np.sqrt(5.0) * np.abs(a[:, None] - b[None, :]) / length
    values: FloatArray = (1 + s + s**2 / 3) * np.exp(-s)
    return values
