"""The fidelity kernel ``k(x, y) = |<φ(y)|φ(x)>|²``: exact, and by the inversion test.

The inversion test runs ``U(x)`` and then the inverse of ``U(y)``; the share of shots with all bits
0 is the kernel (Havlíček et al., Nature 567, 209, 2019). As a system document its pairs are the
points of an ordinary project, so that any backend can estimate it as a job.
"""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.qml.circuit import Circuit, ComplexArray
from qtwin.qml.estimate import KernelEstimate
from qtwin.qml.feature_map import FeatureMap

MOST_CONTROLS = 16
OVERLAP = "overlap"


def fidelities(a: ComplexArray, b: ComplexArray) -> FloatArray:
    """Of pure states ``(N, 2**n)`` and ``(M, 2**n)``; shape ``(N, M)``."""
    return np.asarray(np.abs(a.conj() @ b.T) ** 2)


def inversion_test(
    states: FeatureMap, x: FloatArray, *, shots: int, rng: np.random.Generator
) -> KernelEstimate:
    """Simulate the test for all pairs of points ``(N, D)``, each pair with its own shots.

    The diagonal is 1 without a shot: the test returns to where it began. Errors are those of a
    share with one success and one failure added, so that none is 0 (Agresti and Coull 1998).

    Raises:
        ValueError: There is no shot.
    """
    _at_least_one(shots)
    rows, columns = np.triu_indices(len(x), k=1)
    values, std = _shares(_returns(states, x[rows], x[columns]), shots, rng)
    kernel, error = np.eye(len(x)), np.zeros((len(x), len(x)))
    kernel[rows, columns] = kernel[columns, rows] = values
    error[rows, columns] = error[columns, rows] = std
    return KernelEstimate(values=kernel, std=error)


def inversion_test_between(
    states: FeatureMap, x: FloatArray, y: FloatArray, *, shots: int, rng: np.random.Generator
) -> KernelEstimate:
    """Simulate the test between points ``(N, D)`` and others ``(M, D)``.

    Raises:
        ValueError: There is no shot.
    """
    _at_least_one(shots)
    shape = (len(x), len(y))
    chance = _returns(states, np.repeat(x, len(y), axis=0), np.tile(y, (len(x), 1)))
    values, std = _shares(chance, shots, rng)
    return KernelEstimate(values=values.reshape(shape), std=std.reshape(shape))


def inversion_system(states: FeatureMap) -> dict[str, Any]:
    """The test as a ``parametric_circuit`` document with the observable ``overlap``.

    Its controls are the features of both points, ``x0 … y0 …``.

    Raises:
        ValueError: The map has too many features for a document.
    """
    width = states.features
    if 2 * width > MOST_CONTROLS:
        raise ValueError(f"{width} features; allowed: 1 to {MOST_CONTROLS // 2}")
    x, y = ([f"{point}{k}" for k in range(width)] for point in "xy")
    names = [angle.text(side) for side in (x, y) for angle in states.angles]
    return {
        "kind": "parametric_circuit",
        "schema_version": 1,
        "qasm": _test(states).qasm(names, [*x, *y]),
        "observables": [
            {
                "name": OVERLAP,
                "label": "Fidelity of the two states",
                "bitstring": "0" * states.circuit.qubits,
            }
        ],
        "controls": [
            {"name": name, "unit": "rad", "lower": -2 * pi, "upper": 2 * pi} for name in [*x, *y]
        ],
    }


def _test(states: FeatureMap) -> Circuit:
    return states.circuit.then(states.circuit.inverse())


def _returns(states: FeatureMap, x: FloatArray, y: FloatArray) -> FloatArray:
    """Probability of all bits 0 for pairs of points, shape ``(P,)``."""
    angles = np.hstack([states.values(x), states.values(y)])
    return np.asarray(np.clip(np.abs(_test(states).states(angles)[:, 0]) ** 2, 0.0, 1.0))


def _shares(
    chance: FloatArray, shots: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    seen = rng.binomial(shots, chance)
    smoothed = (seen + 1) / (shots + 2)
    return seen / shots, np.sqrt(smoothed * (1 - smoothed) / shots)


def _at_least_one(shots: int) -> None:
    if shots < 1:
        raise ValueError(f"shots is {shots}; allowed: 1 or more")
