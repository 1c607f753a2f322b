"""Entanglement of a pure state."""

from __future__ import annotations

import numpy as np

from backends.classical.basis import Indices
from backends.classical.sparse import Vectors


def half_entropy(state: Vectors, basis: Indices, qubits: int) -> float:
    """Von Neumann entropy, nats, of the lower half of the qubits (``n // 2`` of them).

    Args:
        state: Normalised, shape ``(B,)``.
        basis: Its basis states, shape ``(B,)``.
    """
    low = qubits // 2
    upper, row = np.unique(basis >> low, return_inverse=True)
    lower, column = np.unique(basis & ((1 << low) - 1), return_inverse=True)
    table = np.zeros((len(upper), len(lower)), dtype=state.dtype)
    table[row, column] = state
    schmidt = np.linalg.svd(table, compute_uv=False) ** 2
    kept = schmidt[schmidt > 1e-300]
    return max(0.0, float(-np.sum(kept * np.log(kept))))
