"""Shots and errors of readout."""

from __future__ import annotations

import numpy as np
import pytest

from backends.analog.readout import ReadoutError
from backends.dynamics import sampling


def chances() -> np.ndarray:
    return np.random.default_rng(0).dirichlet(np.ones(8), size=3)


def test_readout_is_that_of_the_emulator_for_each_trajectory() -> None:
    there, up, down = chances(), np.array([0.0, 0.02, 0.1]), np.array([0.0, 0.08, 0.3])
    found = sampling.read(there, up, down)
    for row in range(3):
        wanted = ReadoutError(up[row], down[row]).applied(there[row])
        np.testing.assert_allclose(found[row], wanted, atol=1e-15)
    np.testing.assert_allclose(sampling.read(there, 0.02, 0.08)[1], found[1])
    first = sampling.read(np.array([[0, 0, 1.0, 0]]), [[0.25, 0]], [[0, 0.5]])
    np.testing.assert_allclose(first, [[0.375, 0.125, 0.375, 0.125]])


@pytest.mark.parametrize("draw", ["counts", "outcomes"])
def test_shots_have_the_probabilities_that_they_are_drawn_from(draw: str) -> None:
    there, shots = chances(), 20_000
    rng = np.random.default_rng(1)
    if draw == "counts":
        found = sampling.counts(there, shots, rng)
    else:
        drawn = sampling.outcomes(there, shots, rng)
        assert drawn.shape == (3, shots)
        found = np.array([np.bincount(row, minlength=8) for row in drawn])
    assert (found.sum(axis=1) == shots).all()
    spread = np.sqrt(shots * there * (1 - there))
    assert np.all(np.abs(found - shots * there) < 4 * spread + 1)


def test_impossible_states_are_never_read() -> None:
    there = np.zeros((2, 8))
    there[0, [0, 7]], there[1, 3] = 0.5, 1.0
    drawn = sampling.outcomes(there, 1000, np.random.default_rng(2))
    assert set(drawn[0].tolist()) == {0, 7}
    assert set(drawn[1].tolist()) == {3}


def test_bits_begin_with_qubit_0() -> None:
    assert sampling.shot_bits(np.array([[1, 6]]), 3).tolist() == [[[1, 0, 0], [0, 1, 1]]]
    states = np.array([[3, 4j]])
    np.testing.assert_allclose(sampling.probabilities(states), [[0.36, 0.64]])


def test_a_rate_that_is_no_probability_is_refused() -> None:
    with pytest.raises(ValueError, match=r"false_zero is 1\.5; allowed: 0 to 1"):
        sampling.read(chances(), 0.1, 1.5)
