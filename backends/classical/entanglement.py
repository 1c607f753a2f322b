"""Entanglement of a pure state."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def half_entropy(state: NDArray[Any]) -> float:
    """Von Neumann entropy, nats, of the lower half of the qubits (``n // 2`` of them).

    Args:
        state: Normalised, shape ``(2**n,)``.
    """
    qubits = len(state).bit_length() - 1
    schmidt = np.linalg.svd(state.reshape(-1, 2 ** (qubits // 2)), compute_uv=False) ** 2
    kept = schmidt[schmidt > 1e-300]
    return max(0.0, float(-np.sum(kept * np.log(kept))))
