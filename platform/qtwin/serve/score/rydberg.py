"""The Rydberg chain integrated by SciPy's DOP853 for all points at once."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]
C6 = 5.42e6
RELATIVE, ABSOLUTE = 1e-11, 1e-13


def exact_curve(system: dict[str, Any], grid: list[list[float]]) -> list[float]:
    """Staggered densities at ``grid``."""
    return _staggered(system, np.array([point[0] for point in grid]))


def direct(system: dict[str, Any], source: str, point: list[float]) -> float:
    """The staggered density at one point."""
    if source != "evolution":
        raise ValueError(f"no second computation of {source!r}")
    return _staggered(system, np.array(point))[0]


def _staggered(system: dict[str, Any], finals: Real) -> list[float]:
    """``sum_q (-1)^q n_q / N`` at the end.

    ``H = Omega / 2 sum_q X_q - Delta sum_q n_q + sum_(p<q) C6 / d_pq^6 n_p n_q``
    """
    from scipy.integrate import solve_ivp

    atoms, spacing = system["atoms"], system["spacing"]
    bits = (np.arange(2**atoms)[:, None] >> np.arange(atoms)) & 1
    distances = spacing * np.abs(np.subtract.outer(np.arange(atoms), np.arange(atoms)))
    pairs = np.triu_indices(atoms, 1)
    energies = (bits[:, pairs[0]] * bits[:, pairs[1]]) @ (C6 / distances[pairs] ** 6)
    flips = [np.arange(2**atoms) ^ (1 << atom) for atom in range(atoms)]
    excited = bits.sum(axis=1)
    times = np.array(system["rabi"]["times"], dtype=float)
    ramp = system["detuning"]["values"]

    def before(time: float) -> float:
        return float(np.interp(time, times, [0.0 if value == "final" else value for value in ramp]))

    def after(time: float) -> float:
        return float(np.interp(time, times, [float(value == "final") for value in ramp]))

    def rate(time: float, flat: Complex) -> Complex:
        state = flat.reshape(len(finals), -1)
        rabi = np.interp(time, times, system["rabi"]["values"])
        detuning = before(time) + after(time) * finals
        turned = sum(state[:, flip] for flip in flips)
        moved = 0.5 * rabi * turned + (energies - np.outer(detuning, excited)) * state
        result: Complex = (-1j * moved).ravel()
        return result

    state = np.zeros((len(finals), 2**atoms), dtype=np.complex128)
    state[:, 0] = 1.0
    for start, stop in pairwise(times.tolist()):  # the drive has kinks there
        found = solve_ivp(
            rate, (start, stop), state.ravel(), method="DOP853", rtol=RELATIVE, atol=ABSOLUTE
        )
        state = found.y[:, -1].reshape(state.shape)
    signs = (-1.0) ** np.arange(atoms)
    return [float(value) for value in np.abs(state) ** 2 @ (bits @ signs) / atoms]
