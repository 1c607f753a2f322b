"""Which correlation the levels of a ladder have; another model may put one of its own here.

Shapes: ``D`` controls.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.kernel import matern52


class Correlation(Protocol):
    """A stationary correlation of unit variance, with one length per control."""

    def value(self, inverse2: FloatArray, squares: FloatArray) -> FloatArray:
        """At squared differences ``(D, …)``, with ``1/l²`` of shape ``(D,)``; shape ``(…)``."""
        ...

    def pulls(self, weight: FloatArray, inverse2: FloatArray, squares: FloatArray) -> list[float]:
        """``Σ w dk/d log l`` for the length of each control, D of them."""
        ...


class _Matern:
    """Matérn-5/2."""

    def value(self, inverse2: FloatArray, squares: FloatArray) -> FloatArray:
        return matern52(np.tensordot(inverse2, squares, 1)).value

    def pulls(self, weight: FloatArray, inverse2: FloatArray, squares: FloatArray) -> list[float]:
        slope = weight * matern52(np.tensordot(inverse2, squares, 1)).slope
        return [
            float(inverse * np.vdot(slope, square))
            for inverse, square in zip(inverse2, squares, strict=True)
        ]


MATERN = _Matern()
