"""What a prediction needs of each hyperparameter sample; computed once, when fitting.

Shapes: ``T`` samples, ``N`` sites, ``P`` hyperparameters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Factors:
    """Posterior factors per hyperparameter sample, in standardised units.

    Attributes:
        theta: Hyperparameters, shape ``(T, P)``.
        root: Inverse ``L⁻¹`` of the lower Cholesky factor of K, shape ``(T, N, N)``.
        alpha: ``K⁻¹ r``, shape ``(T, N)``.
    """

    theta: FloatArray
    root: FloatArray
    alpha: FloatArray


def pack(root: FloatArray) -> FloatArray:
    """Lower triangles of shape ``(T, N, N)`` as rows of shape ``(T, N (N + 1) / 2)``."""
    rows, columns = np.tril_indices(root.shape[1])
    packed: FloatArray = root[:, rows, columns]
    return packed


def unpack(packed: FloatArray, n: int) -> FloatArray:
    """The inverse of ``pack``."""
    root = np.zeros((len(packed), n, n))
    rows, columns = np.tril_indices(n)
    root[:, rows, columns] = packed
    return root
