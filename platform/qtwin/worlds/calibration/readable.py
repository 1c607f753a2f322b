"""Observables that are read from bit strings: their value of each string."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backends.systems.pauli import PauliSum
from backends.systems.projector import Projector
from backends.systems.qubit_system import QubitSystem
from qtwin.fusion.base import FloatArray

SAME = 1e-12
"""Difference between two points of an observable that no control changes."""


def diagonals(system: QubitSystem, names: Sequence[str]) -> dict[str, FloatArray]:
    """Values of those observables that bit strings decide, by name, each shape ``(2**n,)``.

    Observables with an X or a Y, and those that a control changes (such as an energy), are left
    out.
    """
    points = np.concatenate([system.middle, _corner(system)])
    first, second = system.measurables(points)
    found = {}
    for name in names:
        one, two = (_values(at.get(name), system.qubits) for at in (first, second))
        if one is not None and two is not None and np.allclose(one, two, rtol=SAME, atol=SAME):
            found[name] = one
    return found


def _corner(system: QubitSystem) -> FloatArray:
    """A point whose controls are off their middle, shape ``(1, C)``."""
    corner: FloatArray = np.array(
        [[0.3 * one.lower + 0.7 * one.upper for one in system.controls]], dtype=np.float64
    ).reshape(1, -1)
    return corner


def _values(operator: PauliSum | Projector | None, qubits: int) -> FloatArray | None:
    """Of every bit string, or None where X or Y occur."""
    strings = np.arange(2**qubits)
    if isinstance(operator, Projector):
        return np.asarray(strings == operator.bits, dtype=np.float64)
    if operator is None or any(word.x for word in operator.terms):
        return None
    values = np.zeros(2**qubits)
    for word, weight in operator.terms.items():
        values += weight * (1 - 2 * (np.bitwise_count(strings & word.z) & 1).astype(np.float64))
    return values
