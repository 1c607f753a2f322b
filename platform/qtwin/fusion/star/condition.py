"""Condition the model on the measurements at given hyperparameters."""

from __future__ import annotations

import numpy as np
from scipy.linalg import LinAlgError

from qtwin.fusion.base import FloatArray
from qtwin.fusion.factorisation import backward, factorise, factorise_surely, forward
from qtwin.fusion.factors import Factors
from qtwin.fusion.star.covariance import Problem, upper_covariance


def condition(problem: Problem, thetas: FloatArray, *, invert: bool = True) -> Factors:
    """Posterior factors at hyperparameters of shape ``(T, P)``.

    Args:
        problem: The sites.
        thetas: The hyperparameters.
        invert: Keep inverse factors; without, a large fit costs a third and predicts by solving.
    """
    n = len(problem.sites.y)
    root, alpha = np.empty((len(thetas), n, n)), np.empty((len(thetas), n))
    root = root if invert else root.transpose(0, 2, 1)
    for t, theta in enumerate(thetas):
        if invert:
            matrix, residual = upper_covariance(theta, problem)
            factor = factorise_surely(matrix)
            root[t] = np.tril(forward(factor, np.eye(n)))
        else:
            residual = _factorise_into(root[t], theta, problem)
            factor = root[t]
        alpha[t] = backward(factor, forward(factor, residual))
    return Factors(theta=thetas, root=root, alpha=alpha, inverted=invert)


def _factorise_into(root: FloatArray, theta: FloatArray, problem: Problem) -> FloatArray:
    """Leave the lower factor in memory that is contiguous by columns; gives the residual.

    New memory for a large matrix takes as long as its entries do.
    """
    matrix, residual = upper_covariance(theta, problem, out=root.T)
    try:
        factorise(matrix, overwrite=True)
    except LinAlgError:
        root[:] = factorise_surely(upper_covariance(theta, problem)[0])
    return residual
