"""What a prediction needs of each hyperparameter sample; computed once, when fitting.

Shapes: ``T`` samples, ``N`` sites, ``M`` query points, ``P`` hyperparameters.
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
        root: Inverse ``L⁻¹`` of the lower Cholesky factor of K, shape ``(T, N, N)``, which predicts
            by products alone; or L itself, each contiguous by columns as solvers want it, for fits
            too large to invert.
        alpha: ``K⁻¹ r``, shape ``(T, N)``.
        inverted: Whether ``root`` is the inverse.
    """

    theta: FloatArray
    root: FloatArray
    alpha: FloatArray
    inverted: bool = True

    def whiten(self, t: int, right: FloatArray) -> FloatArray:
        """``L⁻¹ right`` of sample t; right has shape ``(N, M)``."""
        if self.inverted:
            white: FloatArray = self.root[t] @ right
            return white
        from qtwin.fusion.factorisation import forward  # scipy, which small fits do without

        return forward(self.root[t], right)

    def inverse(self, t: int) -> FloatArray:
        """``L⁻¹`` of sample t, shape ``(N, N)``."""
        return self.root[t] if self.inverted else self.whiten(t, np.eye(self.root.shape[1]))

    def unwhiten(self, t: int, white: FloatArray) -> FloatArray:
        """``L⁻ᵀ white`` of sample t, so ``K⁻¹ right`` of a whitened right side."""
        if self.inverted:
            solved: FloatArray = self.root[t].T @ white
            return solved
        from qtwin.fusion.factorisation import backward

        return backward(self.root[t], white)


def pack(root: FloatArray) -> FloatArray:
    """Lower triangles of shape ``(T, N, N)`` as rows of shape ``(T, N (N + 1) / 2)``."""
    rows, columns = np.tril_indices(root.shape[1])
    return np.ascontiguousarray(root[:, rows, columns])


def unpack(packed: FloatArray, n: int, *, by_columns: bool = False) -> FloatArray:
    """The inverse of ``pack``; each triangle is contiguous by rows or by columns."""
    root = np.zeros((len(packed), n, n))
    root = root.transpose(0, 2, 1) if by_columns else root
    rows, columns = np.tril_indices(n)
    root[:, rows, columns] = packed
    return root
