"""Condition the model on the measurements at given hyperparameters."""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.factorisation import backward, factorise_surely, forward
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
    for t, theta in enumerate(thetas):
        matrix, residual = upper_covariance(theta, problem)
        factor = factorise_surely(matrix)
        alpha[t] = backward(factor, forward(factor, residual))
        root[t] = np.tril(forward(factor, np.eye(n))) if invert else factor
    return Factors(theta=thetas, root=root, alpha=alpha, inverted=invert)
