"""Dense matrices and vectors by Kronecker products, qubit 0 rightmost; nothing of the backends."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np

ONE, X, Y, Z = (
    np.eye(2),
    np.array([[0, 1], [1, 0]]),
    np.array([[0, -1j], [1j, 0]]),
    np.diag([1, -1]),
)
PAULI = {"I": ONE, "X": X, "Y": Y, "Z": Z}
LETTERS = {
    "0": np.array([1, 0]),
    "1": np.array([0, 1]),
    "+": np.array([1, 1]) / np.sqrt(2),
    "-": np.array([1, -1]) / np.sqrt(2),
}
Array = np.ndarray[Any, Any]


def word(label: str) -> Array:
    """The matrix of a Pauli word."""
    return np.asarray(reduce(np.kron, [PAULI[letter] for letter in label]))


def dense(terms: Mapping[str, complex]) -> Array:
    """The matrix of a sum of labels with coefficients."""
    return np.asarray(np.sum([c * word(label) for label, c in terms.items()], axis=0))


def on(matrix: Array, *sites: int, qubits: int) -> Array:
    """The matrix on each of some qubits, the identity on the others."""
    factors = [matrix if q in sites else ONE for q in reversed(range(qubits))]
    return np.asarray(reduce(np.kron, factors))


def product_vector(letters: str) -> Array:
    """The state vector of ``0``, ``1``, ``+`` and ``-``."""
    return np.asarray(reduce(np.kron, [LETTERS[letter] for letter in letters]))
