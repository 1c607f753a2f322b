"""The quantum kernel of the twin's ladder: states, closed form, slopes, and a curve it learns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector, state_fidelity
from scipy.optimize import approx_fprime

from qtwin.fusion.kernel import squared_differences
from qtwin.qml.fidelity import fidelities
from qtwin.qml.surrogate.fidelity import FIDELITY, QUBITS, TURN, states_map

LENGTHS = np.array([0.3, 0.9])
X = np.random.default_rng(3).uniform(size=(6, 2))


def _value(log_lengths: np.ndarray, squares: np.ndarray) -> np.ndarray:
    return FIDELITY.value(np.exp(-2 * log_lengths), squares)


def test_the_correlation_is_the_fidelity_of_qiskits_states() -> None:
    states = []
    for point in X:
        circuit = QuantumCircuit(2 * QUBITS)
        for d in range(2):
            for q in range(QUBITS):
                circuit.ry(2**q * TURN * point[d] / LENGTHS[d], d * QUBITS + q)
        states.append(Statevector(circuit))
    exact = np.array([[state_fidelity(a, b) for b in states] for a in states])
    found = _value(np.log(LENGTHS), squared_differences(X, X))
    assert found == pytest.approx(exact, abs=1e-12)
    ours = states_map(LENGTHS).states(X)
    assert fidelities(ours, ours) == pytest.approx(exact, abs=1e-12)


def test_it_is_fejers_kernel_with_the_curvature_of_a_gaussian() -> None:
    distance = np.linspace(0.01, 8, 50)
    a = 0.5 * TURN * distance
    closed = (np.sin(2**QUBITS * a) / (2**QUBITS * np.sin(a))) ** 2
    assert FIDELITY.value(np.ones(1), distance[None] ** 2) == pytest.approx(closed, abs=1e-12)
    near = FIDELITY.value(np.ones(1), np.array([[1e-4]]))
    assert near == pytest.approx(np.exp(-1e-4 / 2), abs=1e-8)


def test_slopes_are_those_of_differences_also_where_a_cosine_is_zero() -> None:
    zero = 2 * (np.pi / 2) / TURN * LENGTHS[0] / 4
    squares = np.append(squared_differences(X, X).reshape(2, -1), [[zero**2], [0.04]], axis=1)
    weight = np.random.default_rng(1).normal(size=(squares.shape[1],))
    found = FIDELITY.pulls(weight, LENGTHS**-2.0, squares)

    def total(log: Any) -> float:
        return float(weight @ _value(log, squares))

    told = approx_fprime(np.log(LENGTHS), total, 1e-7)
    assert found == pytest.approx(told, abs=1e-5)
