"""Estimated kernels made positive semi-definite, with what that changed.

``clip`` sets negative eigenvalues to 0: the nearest such matrix in Frobenius norm. ``shift`` adds
the size of the lowest eigenvalue to the diagonal: no entry beside it changes. ``correlation`` is
the nearest such matrix with ones on the diagonal (Higham, IMA J. Numer. Anal. 22, 329, 2002).
Beside points that were not trained on, clipping is the projection on the kept eigenvectors (Chen
et al., JMLR 10, 747, 2009); the others leave those entries as they are.
``N`` trained points, ``M`` others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray

METHODS = ("clip", "shift", "correlation")
_ROUNDS = 1000
_CLOSE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Repair:
    """A kernel that may be used, and how far it is from the estimated one.

    Attributes:
        method: Of ``METHODS``.
        kernel: Shape ``(N, N)``.
        between: Takes rows beside other points ``(M, N)`` along, shape ``(N, N)``.
        negative: How many eigenvalues were negative.
        lowest: The lowest eigenvalue before.
        change: Frobenius norm of the change.
        relative_change: The same by the norm of the estimated kernel.
    """

    method: str
    kernel: FloatArray
    between: FloatArray
    negative: int
    lowest: float
    change: float
    relative_change: float

    def others(self, rows: FloatArray) -> FloatArray:
        """Entries between other points and the trained ones, shape ``(M, N)``."""
        return np.asarray(rows @ self.between)


def repair(kernel: FloatArray, method: str = "clip") -> Repair:
    """Repair a symmetric kernel of shape ``(N, N)``.

    Raises:
        ValueError: It is not symmetric, or there is no such method.
    """
    if method not in METHODS:
        raise ValueError(f"repair {method!r}; allowed: {', '.join(METHODS)}")
    if kernel.ndim != 2 or not np.allclose(kernel, kernel.T, rtol=0, atol=1e-12):
        raise ValueError(f"a kernel of shape {kernel.shape}; allowed: a symmetric matrix")
    values, vectors = np.linalg.eigh(kernel)
    between = np.eye(len(kernel))
    if method == "clip":
        kept = vectors[:, values > 0]
        between = kept @ kept.T
        mended = _clipped(kernel)
    elif method == "shift":
        mended = kernel + max(-float(values[0]), 0.0) * np.eye(len(kernel))
    else:
        mended = _nearest_correlation(kernel)
    change = float(np.linalg.norm(mended - kernel))
    return Repair(
        method=method,
        kernel=mended,
        between=between,
        negative=int(np.sum(values < -_CLOSE * np.abs(values).max())),
        lowest=float(values[0]),
        change=change,
        relative_change=change / float(np.linalg.norm(kernel)),
    )


def _clipped(kernel: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(kernel)
    mended = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return np.asarray((mended + mended.T) / 2)


def _nearest_correlation(kernel: FloatArray) -> FloatArray:
    """Alternating projections with Dykstra's correction (Higham's algorithm 3.3).

    Raises:
        ValueError: It did not converge.
    """
    found, correction = kernel.copy(), np.zeros_like(kernel)
    for _ in range(_ROUNDS):
        before = found
        projected = _clipped(found - correction)
        correction = projected - (found - correction)
        found = projected.copy()
        np.fill_diagonal(found, 1.0)
        if np.linalg.norm(found - before) <= _CLOSE * np.linalg.norm(found):
            return _clipped(found)
    raise ValueError(f"the nearest correlation matrix was not found in {_ROUNDS} rounds")
