"""Condition the model on the measurements at given hyperparameters."""

from __future__ import annotations

import numpy as np
from scipy.linalg import solve_triangular

from qtwin.fusion.base import FloatArray
from qtwin.fusion.covariance import Problem, covariance
from qtwin.fusion.factorisation import factorise_surely
from qtwin.fusion.factors import Factors


def condition(problem: Problem, thetas: FloatArray) -> Factors:
    """Posterior factors at hyperparameters of shape ``(T, P)``."""
    n = len(problem.sites.y)
    root, alpha = np.empty((len(thetas), n, n)), np.empty((len(thetas), n))
    for t, theta in enumerate(thetas):
        cov = covariance(theta, problem)
        factor = factorise_surely(cov.matrix)
        root[t] = np.tril(solve_triangular(factor, np.eye(n), lower=True, check_finite=False))
        alpha[t] = root[t].T @ (root[t] @ cov.residual)
    return Factors(theta=thetas, root=root, alpha=alpha)
