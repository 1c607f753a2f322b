"""Covariances told by repetition, and by hand from the probabilities of a state."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from tests.unit.backends import dense

SIGMAS = 5.0
HADAMARD = (dense.X + dense.Z) / np.sqrt(2)
TURN = {"X": HADAMARD, "Y": HADAMARD @ np.diag([1, -1j])}


def outcome_levels(terms: dict[str, float], size: int) -> np.ndarray[Any, Any]:
    """``sum_k c_k (-1)^(parity of the word's bits)`` of every outcome, shape ``(2**n,)``."""
    found = np.zeros(2**size)
    for outcome, bits in enumerate(product((0, 1), repeat=size)):
        for label, weight in terms.items():
            odd = sum(bit for bit, letter in zip(bits, label, strict=True) if letter != "I") % 2
            found[outcome] += weight * (-1) ** odd
    return found


def read_in(state: np.ndarray[Any, Any], basis: str) -> np.ndarray[Any, Any]:
    """Probabilities of the outcomes when each qubit is read along its letter, shape ``(2**n,)``."""
    turn = np.eye(1)
    for letter in basis:
        turn = np.kron(turn, TURN.get(letter, np.eye(2)))
    seen = np.abs(turn @ state) ** 2
    chances: np.ndarray[Any, Any] = seen / seen.sum()
    return chances


def multinomial(chances: np.ndarray[Any, Any], levels: Any, shots: int) -> np.ndarray[Any, Any]:
    """Covariance of means of some levels of each outcome, ``(O, 2**n)``, over one set of shots."""
    levels = np.asarray(levels)
    means = levels @ chances
    found: np.ndarray[Any, Any] = ((levels * chances) @ levels.T - np.outer(means, means)) / shots
    return found


def must_be_that_of_draws(
    stated: Sequence[np.ndarray[Any, Any]], draws: Sequence[np.ndarray[Any, Any]]
) -> None:
    """The mean of stated covariances, each ``(G, G)``, is that of values, each ``(G,)``."""
    mean, seen = np.mean(stated, axis=0), np.cov(np.array(draws).T)
    variances = np.diag(mean)
    # Of the sample covariance of normal numbers (Wishart).
    error = np.sqrt((np.outer(variances, variances) + mean**2) / (len(draws) - 1))
    far = np.abs(seen - mean) / error
    assert far.max() < SIGMAS, f"{far.max():.1f} sigma at {np.argwhere(far == far.max())}"
