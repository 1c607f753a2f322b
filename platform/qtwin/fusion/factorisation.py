"""Cholesky factor of a covariance, with retries that are logged."""

from __future__ import annotations

import logging

import numpy as np
from scipy.linalg import LinAlgError, lapack

from qtwin.fusion.base import FloatArray
from qtwin.fusion.prior import NUGGET

_log = logging.getLogger(__name__)

_RETRIES = 4


def factorise(matrix: FloatArray, *, overwrite: bool = False) -> FloatArray:
    """Lower Cholesky factor of a matrix of which the upper triangle is read.

    The factor is contiguous by columns. It may take the place of a matrix that is contiguous by
    rows, whose transpose is then the factor.

    Raises:
        LinAlgError: The matrix is not positive definite.
    """
    factor, info = lapack.dpotrf(matrix.T, lower=1, clean=1, overwrite_a=overwrite)
    if info:
        raise LinAlgError(f"{info}-th leading minor of the covariance is not positive definite")
    return np.asarray(factor)


def forward(factor: FloatArray, right: FloatArray) -> FloatArray:
    """``L⁻¹ right``; right has shape ``(N,)`` or ``(N, M)``."""
    return np.asarray(lapack.dtrtrs(factor, right, lower=1)[0])


def backward(factor: FloatArray, right: FloatArray) -> FloatArray:
    """``L⁻ᵀ right``; right has shape ``(N,)`` or ``(N, M)``."""
    return np.asarray(lapack.dtrtrs(factor, right, lower=1, trans=1)[0])


def factorise_surely(matrix: FloatArray) -> FloatArray:
    """Lower Cholesky factor; on failure adds 1, 10, 100 … nuggets to the diagonal.

    Raises:
        LinAlgError: The matrix stays indefinite after the last retry.
    """
    try:
        return factorise(matrix)
    except LinAlgError:
        return _retry(matrix)


def _retry(matrix: FloatArray) -> FloatArray:
    scale = max(1.0, float(np.mean(np.diag(matrix))))
    for attempt in range(_RETRIES):
        extra = NUGGET * scale * 10.0**attempt
        _log.warning("covariance is not positive definite; adding %.0e to its diagonal", extra)
        try:
            return factorise(matrix + extra * np.eye(len(matrix)))
        except LinAlgError:
            continue
    raise LinAlgError(f"covariance of {len(matrix)} measurements cannot be factorised")
