"""Fixed gates on state vectors of shape ``(2**n,)``, for the starts of ansätze and for sampling."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from backends.methods.circuit import Gate
from backends.systems.pauli import ComplexArray

_MATRICES = {
    "x": np.array([[0, 1], [1, 0]], dtype=np.complex128),
    "z": np.array([[1, 0], [0, -1]], dtype=np.complex128),
    "h": np.array([[1, 1], [1, -1]], dtype=np.complex128) / np.sqrt(2),
    "s": np.array([[1, 0], [0, 1j]]),
    "sdg": np.array([[1, 0], [0, -1j]]),
}


def prepared(gates: Iterable[Gate], qubits: int) -> ComplexArray:
    """The state that gates make of 0."""
    state = np.zeros(2**qubits, dtype=np.complex128)
    state[0] = 1.0
    return applied(gates, state)


def applied(gates: Iterable[Gate], state: ComplexArray) -> ComplexArray:
    """A state after fixed gates.

    Raises:
        KeyError: A gate that is not one of x, z, h, s, sdg, cx.
    """
    index = np.arange(len(state))
    for gate in gates:
        if gate.name == "cx":
            control, target = gate.qubits
            state = state[index ^ ((index >> control & 1) << target)]
            continue
        matrix = _MATRICES[gate.name]
        bit = 1 << gate.qubits[0]
        here = index >> gate.qubits[0] & 1
        state = matrix[here, here] * state + matrix[here, 1 - here] * state[index ^ bit]
    return state
