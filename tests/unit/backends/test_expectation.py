"""Exact values of words in states and in density matrices, against dense matrices."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest

from backends.methods.expectation import expectations, flipped, populations
from backends.systems.pauli import PauliSum, PauliWord

RNG = np.random.default_rng(4)
QUBITS = 3
LABELS = ("III", "XYZ", "YYI", "IZX", "ZIZ", "IIY")
OPERATOR = PauliSum(QUBITS, {PauliWord.parse(p): 0.3 + k for k, p in enumerate(LABELS)})
ONE = PauliSum(QUBITS, {PauliWord.parse("ZYX"): 1.0})


def a_state() -> np.ndarray:
    state = RNG.standard_normal(8) + 1j * RNG.standard_normal(8)
    return np.asarray(state / np.linalg.norm(state))


def a_mixture() -> np.ndarray:
    weights = (0.5, 0.3, 0.2)
    return np.asarray(
        sum(
            w * np.outer(s, s.conj())
            for w, s in zip(weights, (a_state() for _ in weights), strict=True)
        )
    )


def test_values_in_states_are_those_of_dense_matrices() -> None:
    states = [a_state() for _ in range(4)]
    found = expectations(states, [(OPERATOR, ONE)] * 4)
    for row, state in enumerate(states):
        for column, operator in enumerate((OPERATOR, ONE)):
            dense = np.vdot(state, operator.matrix() @ state).real
            assert found[row, column] == pytest.approx(dense, abs=1e-13)


def test_values_in_density_matrices_are_traces() -> None:
    density = a_mixture()
    found = expectations([density], [(OPERATOR, ONE)])
    for column, operator in enumerate((OPERATOR, ONE)):
        assert found[0, column] == pytest.approx(np.trace(operator.matrix() @ density).real)


def test_a_pure_state_has_the_same_value_in_both_forms() -> None:
    state = a_state()
    density = np.outer(state, state.conj())
    both = expectations([state, density], [(OPERATOR,)] * 2)
    assert both[0, 0] == pytest.approx(both[1, 0], abs=1e-13)


def test_wrongly_read_bits_damp_a_word_as_they_mix_its_outcomes() -> None:
    flip = 0.07
    state = a_state()
    one = np.array([[1 - flip, flip], [flip, 1 - flip]])
    read = reduce(np.kron, [one] * QUBITS) @ populations(state)
    assert flipped(populations(state), flip) == pytest.approx(read)
    signs = [1 - 2 * ((k & 0b101).bit_count() & 1) for k in range(8)]
    zz = PauliSum(QUBITS, {PauliWord.parse("ZIZ"): 1.0})
    assert expectations([state], [(zz,)], flip=flip)[0, 0] == pytest.approx(read @ signs)
