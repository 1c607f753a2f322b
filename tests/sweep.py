"""A real rollout for pages: a detuning sweep of a short Rydberg chain, solved step by step.

States are evolved by the exponential of each slice's Hamiltonian (SciPy), so the numbers are those
of the physics and of no drawing.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from scipy.linalg import expm

C6 = 5.42e6
SPACING_UM = 6.1
RABI, FROM, TO, END_US = 15.8, -40.0, 60.0, 3.0
"""rad/us, and us."""


def array(atoms: int) -> dict[str, Any]:
    """The system document of the chain, without what the agent drives."""
    return {
        "kind": "rydberg_array",
        "schema_version": 1,
        "geometry": "chain",
        "atoms": atoms,
        "spacing": SPACING_UM,
    }


@cache
def rollout(atoms: int = 7, slices: int = 60, shots: int = 200) -> dict[str, Any]:
    """The episode of a linear sweep, as a rollout document; computed once, so nobody changes it."""
    times = np.linspace(0, END_US, slices + 1)
    rabi = RABI * np.clip(np.minimum(times, END_US - times) / 0.3, 0, 1)
    detuning = FROM + (TO - FROM) * times / END_US
    states = evolved(atoms, times, rabi, detuning)
    probabilities = np.abs(states) ** 2
    bits = np.array([[index >> q & 1 for q in range(atoms)] for index in range(2**atoms)])
    target = sum(1 << q for q in range(0, atoms, 2))
    drawn = np.random.default_rng(3).choice(2**atoms, size=shots, p=probabilities[-1])
    outcomes = [format(index, f"0{atoms}b") for index in drawn.tolist()]
    return {
        "times": times.tolist(),
        "controls": {"rabi": rabi.tolist(), "detuning": detuning.tolist()},
        "units": {"rabi": "rad/us", "detuning": "rad/us"},
        "densities": (probabilities @ bits).tolist(),
        "value": probabilities[:, target].tolist(),
        "outcomes": outcomes,
        "counts": {one: outcomes.count(one) for one in sorted(set(outcomes))},
        "truth": {"rabi_scale": 1.0},
    }


def evolved(atoms: int, times: Any, rabi: Any, detuning: Any) -> Any:
    """States at each time from all atoms in their ground state, shape ``(T, 2**n)``."""
    size = 2**atoms
    bits = np.array([[index >> q & 1 for q in range(atoms)] for index in range(size)])
    flips = np.zeros((size, size))
    for q in range(atoms):
        flips[np.arange(size), np.arange(size) ^ (1 << q)] = 0.5
    energy = np.zeros(size)
    for i in range(atoms):
        for j in range(i):
            energy += C6 / (SPACING_UM * (i - j)) ** 6 * bits[:, i] * bits[:, j]
    state = np.zeros(size, dtype=complex)
    state[0] = 1.0
    states = [state]
    for at in range(len(times) - 1):
        drive = (rabi[at] + rabi[at + 1]) / 2
        delta = (detuning[at] + detuning[at + 1]) / 2
        hamiltonian = drive * flips + np.diag(energy - delta * bits.sum(axis=1))
        state = expm(-1j * (times[at + 1] - times[at]) * hamiltonian) @ state
        states.append(state)
    return np.array(states)


@cache
def curve(rows: int = 30) -> list[dict[str, float]]:
    """A random search on the sweep's last detuning for two atoms, as rows of a learning curve.

    Computed once, so nobody changes them.
    """
    generator = np.random.default_rng(5)
    found: list[dict[str, float]] = []
    best = -math.inf
    for row in range(rows):
        width = 60.0 * 0.9**row
        values = np.array([_value(40 + width * generator.normal()) for _ in range(6)])
        best = max(best, float(values.max()))
        found.append(
            {
                "evaluations": 6 * (row + 1),
                "seconds": 0.1 * (row + 1),
                "best": best,
                "mean": float(values.mean()),
                "lower": float(np.quantile(values, 0.1)),
                "upper": float(np.quantile(values, 0.9)),
            }
        )
    return found


def _value(last: float) -> float:
    times = np.linspace(0, 1.0, 9)
    rabi = RABI * np.clip(np.minimum(times, 1.0 - times) / 0.2, 0, 1)
    states = evolved(2, times, rabi, FROM + (last - FROM) * times)
    return float(np.abs(states[-1, 1]) ** 2 + np.abs(states[-1, 2]) ** 2)
