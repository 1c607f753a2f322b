"""Errors of the detection: each bit is misread on its own.

Shapes use ``N`` for draws, ``P`` for settings and ``n`` for qubits.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray


def misread(chances: FloatArray, one: FloatArray, zero: FloatArray) -> FloatArray:
    """Probabilities of what is read from those of what is there, both shape ``(N, P, 2**n)``.

    Args:
        one: Probability to read 0 as 1, shape ``(N,)``.
        zero: Probability to read 1 as 0, shape ``(N,)``.
    """
    if not (np.any(one) or np.any(zero)):
        return chances
    draws, settings, size = chances.shape
    matrix = np.empty((draws, 2, 2))
    matrix[:, 0, 0], matrix[:, 1, 0] = 1 - one, one
    matrix[:, 0, 1], matrix[:, 1, 1] = zero, 1 - zero
    width = 1
    while width < size:
        table = chances.reshape(draws, settings * size // (2 * width), 2, width)
        chances = np.matmul(matrix[:, None], table).reshape(draws, settings, size)
        width *= 2
    return chances
