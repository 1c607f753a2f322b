"""What each outcome of a measurement says of a weighted sum of words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliWord

MOST_CELLS = 4_000_000
"""Parities that are in memory at once."""


def levels(outcomes: list[str], words: list[PauliWord], weights: FloatArray) -> FloatArray:
    """``sum_k c_k (-1)^|b & support_k|`` of each bit string ``b``, shape ``(outcomes,)``.

    Parities are counted in pieces of 64 qubits, and for some words at once, to bound the memory.
    """
    size = -(-len(outcomes[0]) // 64)
    seen = _pieces([int(bits, 2) for bits in outcomes], size)
    supports = _pieces([word.support for word in words], size)
    found = np.zeros(len(outcomes))
    step = max(1, MOST_CELLS // len(outcomes))
    for first in range(0, len(words), step):
        some = supports[:, first : first + step]
        counts = [np.bitwise_count(a[:, None] & b) for a, b in zip(seen, some, strict=True)]
        odd = np.bitwise_xor.reduce(counts) & 1
        found += (1.0 - 2.0 * odd) @ weights[first : first + step]
    return found


def _pieces(numbers: list[int], size: int) -> NDArray[np.uint64]:
    """64 bits at a time of some integers, the lowest first, shape ``(size, numbers)``."""
    return np.array(
        [[number >> 64 * piece & (2**64 - 1) for number in numbers] for piece in range(size)],
        dtype=np.uint64,
    )
