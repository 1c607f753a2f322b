"""Log marginal likelihood and its analytic gradient (Rasmussen & Williams 2006, eqs. 5.8, 5.9).

``log p(y | θ) = -½ rᵀ K⁻¹ r - ½ log |K| - n/2 log 2π`` with ``r = y - (1 - rho) m``: the residual
depends on θ too, since the mean of a damped source does.
Shapes: ``N`` sites, ``P`` hyperparameters.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import LinAlgError, lapack

from qtwin.fusion.base import FloatArray
from qtwin.fusion.blocks import Block
from qtwin.fusion.factorisation import backward, factorise, forward
from qtwin.fusion.star.channel import add_transmission_gradient
from qtwin.fusion.star.covariance import Covariance, Problem, covariance, opacity, upper_covariance
from qtwin.fusion.star.discrepancy import add_discrepancy_gradient
from qtwin.fusion.star.parameters import MIXED_VARIANCE
from qtwin.fusion.star.shared import add_shared_gradient, shared_part

_LOG_2PI = float(np.log(2.0 * np.pi))


def log_likelihood(theta: FloatArray, problem: Problem) -> float:
    """``log p(y | θ)``; minus infinity where the covariance cannot be factorised."""
    with np.errstate(over="ignore", invalid="ignore"):
        matrix, residual = upper_covariance(theta, problem)
        try:
            factor = factorise(matrix)
        except LinAlgError:
            return -np.inf
        value = _value(factor, forward(factor, residual))
    return value if np.isfinite(value) else -np.inf


def log_posterior(theta: FloatArray, problem: Problem) -> float:
    """``log p(y | θ) + log p(θ)`` up to a constant, without the gradient."""
    z = (theta - problem.layout.mean) / problem.layout.sigma
    return log_likelihood(theta, problem) - 0.5 * float(z @ z)


def negative_log_posterior(theta: FloatArray, problem: Problem) -> tuple[float, FloatArray]:
    """``-log p(y | θ) - log p(θ)`` up to a constant, and its gradient, shape ``(P,)``."""
    cov = covariance(theta, problem)
    factor = factorise(cov.matrix)
    white = forward(factor, cov.residual)
    alpha = backward(factor, white)
    weight = 0.5 * (_inverse(factor) - np.outer(alpha, alpha))
    z = (theta - problem.layout.mean) / problem.layout.sigma
    gradient = _gradient(theta, problem, cov, weight, alpha) + z / problem.layout.sigma
    return 0.5 * float(z @ z) - _value(factor, white), gradient


def _value(factor: FloatArray, white: FloatArray) -> float:
    log_root = float(np.log(np.diag(factor)).sum())
    return -0.5 * float(white @ white) - log_root - 0.5 * len(white) * _LOG_2PI


def _inverse(factor: FloatArray) -> FloatArray:
    """``K⁻¹`` from the lower factor of K, above whose diagonal there are zeros."""
    lower: FloatArray = lapack.dpotri(factor, lower=1)[0]
    full: FloatArray = lower + lower.T
    full.flat[:: len(full) + 1] *= 0.5
    return full


def _gradient(
    theta: FloatArray, problem: Problem, cov: Covariance, weight: FloatArray, alpha: FloatArray
) -> FloatArray:
    """``Σ_ij W_ij dK_ij + αᵀ dr`` for each hyperparameter, W = ½ (K⁻¹ - α αᵀ)."""
    sites, layout = problem.sites, problem.layout
    gradient = np.zeros_like(theta)
    seen = cov.rho * cov.amplitude
    weighted = weight * seen[:, None] * seen[None, :]
    lengths = np.tensordot(problem.squares.all, weighted * cov.matern.slope, 2)
    gradient[layout.log_length] = np.exp(-2.0 * theta[layout.log_length]) * lengths
    by_amplitude = 2.0 * (weighted * cov.matern.value).sum(axis=1)
    gradient[layout.log_amplitude] = by_amplitude.sum()
    if layout.trend is not None:
        gradient[layout.trend] = by_amplitude @ (sites.x - 0.5)
    by_rho = 2.0 * (weight * cov.truth) @ cov.rho + alpha * sites.mixed
    by_own = []
    for s, (index, part) in enumerate(zip(layout.sources, cov.parts, strict=True)):
        rows = index.rows
        opaque = opacity(cov.rho, index, sites)
        if opaque is not None:
            pull = weight[rows, rows] @ opaque
            by_rho[rows] -= 2.0 * MIXED_VARIANCE * pull * sites.mixed_unknown[rows]
        add_transmission_gradient(gradient, by_rho[rows], theta, index, sites)
        own, slope = weight[rows, rows], 0.0
        if part is not None:
            slope = add_discrepancy_gradient(
                gradient,
                own,
                theta=theta,
                index=index,
                sites=sites,
                squares=problem.squares.among(Block(rows, rows)),
                part=part,
                own=1.0 - shared_part(theta, layout, s),
            )
        by_own.append(slope)
        if index.log_jitter is None:
            continue
        tau2 = float(np.exp(2.0 * theta[index.log_jitter]))
        gradient[index.log_jitter] += 2.0 * tau2 * float(np.trace(own))
    if layout.shared is not None and cov.shared is not None:
        add_shared_gradient(
            gradient,
            layout.shared.block(weight),
            theta=theta,
            layout=layout,
            index=layout.shared,
            sites=sites,
            squares=problem.shared_squares.all,
            part=cov.shared,
            by_own=by_own,
        )
    return gradient
