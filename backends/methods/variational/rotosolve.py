"""Minimise energies over Pauli rotation angles, one angle at a time and each exactly.

Along one angle the energy is ``a + b cos(theta) + c sin(theta)``, so three values give its minimum
(Ostaszewski, Grant and Benedetti, Quantum 5, 391 (2021)). Each parameter must turn one Pauli word.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from backends.methods.variational.optimum import Optimum
from backends.schema.experiment import FloatArray

TOLERANCE = 1e-12

Energy = Callable[[FloatArray], FloatArray]


def minimise(energy: Energy, start: FloatArray, iterations: int) -> Optimum:
    """A minimum near ``start`` for each member, shape ``(B, T)``.

    Args:
        energy: Of each member, shape ``(B,)``, at parameters of shape ``(B, T)``.
        iterations: Most sweeps over all angles.
    """
    angles = start.copy()
    lowest = energy(angles)
    gain = np.full(len(angles), np.inf)
    for _ in range(iterations):
        before = lowest
        for index in range(angles.shape[1]):
            lowest = _turn(energy, angles, index, lowest)
        gain = before - lowest
        if not np.any(gain > TOLERANCE):
            break
    return Optimum(
        parameters=angles,
        values=lowest,
        converged=gain <= TOLERANCE,
        reason=f"Rotosolve still gains more than {TOLERANCE:g} after {iterations} sweeps",
    )


def _turn(energy: Energy, angles: FloatArray, index: int, here: FloatArray) -> FloatArray:
    """Move one angle to its minimum, in place; the values there."""
    middle = angles[:, index].copy()
    angles[:, index] = middle + np.pi / 2
    ahead = energy(angles)
    angles[:, index] = middle - np.pi / 2
    behind = energy(angles)
    mean = (ahead + behind) / 2
    turn = -np.pi / 2 - np.arctan2(here - mean, (ahead - behind) / 2)
    angles[:, index] = (middle + turn + np.pi) % (2 * np.pi) - np.pi
    lowest: FloatArray = mean - np.hypot(here - mean, (ahead - behind) / 2)
    return lowest
