"""Minimise an energy over Pauli rotation angles, one angle at a time and each exactly.

Along one angle the energy is ``a + b cos(theta) + c sin(theta)``, so three values give its minimum
(Ostaszewski, Grant and Benedetti, Quantum 5, 391 (2021)).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from backends.schema.experiment import FloatArray

TOLERANCE_HARTREE = 1e-12
MAX_SWEEPS = 500


def minimise(energy: Callable[[FloatArray], float], start: FloatArray) -> FloatArray:
    """Angles of a minimum near ``start``, both of shape ``(T,)``."""
    angles = start.copy()
    lowest = energy(angles)
    for _ in range(MAX_SWEEPS):
        before = lowest
        for index in range(len(angles)):
            lowest = _turn(energy, angles, index)
        if before - lowest < TOLERANCE_HARTREE:
            break
    return angles


def _turn(energy: Callable[[FloatArray], float], angles: FloatArray, index: int) -> float:
    """Move one angle to its minimum, in place."""
    middle = angles[index]
    values = []
    for shift in (0.0, np.pi / 2, -np.pi / 2):
        angles[index] = middle + shift
        values.append(energy(angles))
    here, ahead, behind = values
    mean = (ahead + behind) / 2
    turn = -np.pi / 2 - np.arctan2(here - mean, (ahead - behind) / 2)
    angles[index] = (middle + turn + np.pi) % (2 * np.pi) - np.pi
    return float(mean - np.hypot(here - mean, (ahead - behind) / 2))
