"""Simultaneous perturbation stochastic approximation, on sampled energies.

Spall, IEEE Trans. Aerosp. Electron. Syst. 34, 817 (1998): step ``k`` measures the energy at
``theta +- c_k delta``, delta random signs, and goes by ``a_k`` along the slope, with
``a_k = a / (k + 1 + A)^0.602``, ``c_k = c / (k + 1)^0.101`` and A a tenth of the steps. As in
Kandala et al., Nature 549, 242 (2017), ``a`` is chosen so that the first steps change each angle by
`FIRST_STEP`. The answer is the mean of the last tenth of the iterates (Polyak and Juditsky, SIAM
J. Control Optim. 30, 838 (1992)).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from backends.methods.variational.optimum import Optimum
from backends.schema.experiment import FloatArray

FIRST_STEP = 0.2
PERTURBATION = 0.3
CALIBRATIONS = 10

Energy = Callable[[FloatArray], FloatArray]


def minimise(
    energy: Energy, start: FloatArray, iterations: int, rng: np.random.Generator
) -> Optimum:
    """Go downhill for a number of steps from ``start``, shape ``(B, T)``.

    Args:
        energy: Sampled, of each member, shape ``(B,)``.
        rng: Draws the signs, the same for each member.
    """
    stability = 0.1 * iterations
    parameters = start.copy()
    gain = _gain(energy, start, stability, rng)
    tail, mean = max(1, iterations // 10), np.zeros_like(start)
    for k in range(iterations):
        width = PERTURBATION / (k + 1) ** 0.101
        signs = rng.choice((-1.0, 1.0), size=start.shape[1])
        slope = _difference(energy, parameters, width * signs) / (2 * width)
        parameters -= (gain / (k + 1 + stability) ** 0.602 * slope)[:, None] * signs
        if k >= iterations - tail:
            mean += parameters / tail
    return Optimum(
        parameters=mean,
        values=energy(mean),
        converged=np.ones(len(start), dtype=bool),
        reason="",
    )


def _gain(
    energy: Energy, start: FloatArray, stability: float, rng: np.random.Generator
) -> FloatArray:
    """``a`` of each member."""
    slopes = []
    for _ in range(CALIBRATIONS):
        signs = rng.choice((-1.0, 1.0), size=start.shape[1])
        moved = _difference(energy, start, PERTURBATION * signs)
        slopes.append(np.abs(moved) / (2 * PERTURBATION))
    typical = np.maximum(np.mean(slopes, axis=0), 1e-6)
    gain: FloatArray = FIRST_STEP * (1 + stability) ** 0.602 / typical
    return gain


def _difference(energy: Energy, parameters: FloatArray, shift: FloatArray) -> FloatArray:
    return energy(parameters + shift) - energy(parameters - shift)
