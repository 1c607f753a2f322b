"""Noise-free state vectors of our circuits, for the known values that mitigation learns from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backends.methods.circuit import Circuit, Gate
from backends.mitigation.gates import GENERATORS, plain
from backends.schema.experiment import FloatArray
from backends.systems.pauli import ComplexArray, PauliSum

MOST_QUBITS = 14


def states(circuit: Circuit, angles: FloatArray) -> ComplexArray:
    """State vectors of shape ``(R, 2**n)`` at angles of shape ``(R, T)``."""
    rows, n = len(angles), circuit.qubits
    state = np.zeros((rows, 2**n), dtype=np.complex128)
    state[:, 0] = 1.0
    state = state.reshape(rows, *(2,) * n)
    for gate in circuit.gates:
        state = _turned(state, gate, angles) if gate.angle is not None else _applied(state, gate)
    return state.reshape(rows, -1)


def values(
    circuit: Circuit, angles: FloatArray, operators: Sequence[Sequence[PauliSum]]
) -> FloatArray:
    """Expectation of each row's observables, shape ``(R, O)``."""
    return np.array(
        [
            [operator.expectation(state) for operator in row]
            for state, row in zip(states(circuit, angles), operators, strict=True)
        ]
    )


def _applied(state: ComplexArray, gate: Gate) -> ComplexArray:
    axes = [_axis(state, qubit) for qubit in reversed(gate.qubits)]
    size = len(axes)
    tensor = plain(gate.name).reshape((2,) * (2 * size))
    moved = np.tensordot(tensor, state, axes=(range(size, 2 * size), axes))
    return np.moveaxis(moved, range(size), axes)


def _turned(state: ComplexArray, gate: Gate, angles: FloatArray) -> ComplexArray:
    """``cos(a/2) - i sin(a/2) P`` with the row's own angle."""
    word = GENERATORS[gate.name]
    moved = state
    for place, qubit in enumerate(gate.qubits):
        letter = word.letter(place).lower()
        moved = _applied(moved, Gate(letter, (qubit,)))
    half = angles[:, gate.angle].reshape(-1, *(1,) * (state.ndim - 1)) / 2
    turned: ComplexArray = np.cos(half) * state - 1j * np.sin(half) * moved
    return turned


def _axis(state: ComplexArray, qubit: int) -> int:
    return state.ndim - 1 - qubit
