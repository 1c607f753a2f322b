"""Log posterior of the hyperparameters and its analytic gradient.

Shapes: ``N`` sites, ``P`` hyperparameters.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.ar1.covariance import covariance
from qtwin.fusion.ar1.ladder import Ladder
from qtwin.fusion.ar1.levels import Levels
from qtwin.fusion.base import FloatArray
from qtwin.fusion.descent import FAILED
from qtwin.fusion.prior import BIAS_CONSTANT, NUGGET


def log_posterior(theta: FloatArray, ladder: Ladder) -> float:
    """``log p(y | θ) + log p(θ)`` up to a constant; minus infinity where K has no factor."""
    with np.errstate(over="ignore", invalid="ignore"):
        matrix, _ = covariance(ladder.of(theta), ladder)
    try:
        factor = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return -np.inf
    white = np.linalg.solve(factor, ladder.sites.y)
    z = (theta - ladder.mean) / ladder.sigma
    return -0.5 * float(white @ white + z @ z) - float(np.log(np.diag(factor)).sum())


def negative_log_posterior(theta: FloatArray, ladder: Ladder) -> tuple[float, FloatArray]:
    """``-log p(y | θ) - log p(θ)`` up to a constant, and its gradient, shape ``(P,)``."""
    levels = ladder.of(theta)
    matrix, kernels = covariance(levels, ladder)
    try:
        root = np.linalg.inv(np.linalg.cholesky(matrix))
    except np.linalg.LinAlgError:
        return FAILED, np.zeros_like(theta)
    white = root @ ladder.sites.y
    alpha = root.T @ white
    z = (theta - ladder.mean) / ladder.sigma
    value = 0.5 * float(white @ white + z @ z) - float(np.log(np.diag(root)).sum())
    pull = 0.5 * (root.T @ root - np.outer(alpha, alpha))
    by_name = _gradient(pull, kernels, levels, ladder)
    gradient = np.array([by_name[name] for name in ladder.names]) + z / ladder.sigma
    return value, gradient


def _gradient(
    pull: FloatArray, kernels: list[FloatArray], levels: Levels, ladder: Ladder
) -> dict[str, float]:
    """``Σ_ik W_ik dK_ik`` for each hyperparameter, W = ½ (K⁻¹ - α αᵀ)."""
    weights, count = levels.weights, len(ladder.sources)
    found: dict[str, float] = {}
    by_weight = np.zeros((count, count))
    for j, kernel in enumerate(kernels):
        w = weights[ladder.level, j]
        np.add.at(by_weight[:, j], ladder.level, 2.0 * ((pull * kernel) @ w))
        found |= _by_kernel(j, pull * np.outer(w, w), levels, ladder)
    trace = np.bincount(
        ladder.level, weights=np.diag(pull) * (levels.jitter - NUGGET), minlength=count
    )
    for t in range(count):
        found[f"{t}.log_jitter"] = 2.0 * float(trace[t])
        inner = weights[t:, t] @ by_weight[t:, :t] @ weights[t - 1, :t] if t else 0.0
        found[f"{t}.ratio"] = float(inner)
    return found


def _by_kernel(j: int, part: FloatArray, levels: Levels, ladder: Ladder) -> dict[str, float]:
    """``Σ_ik P_ik dk_j,ik`` for the hyperparameters of ``k_j``."""
    inverse2, amplitude2, squares = levels.inverse2[j], levels.amplitude2[j], ladder.squares
    value = levels.correlation.value(inverse2, squares)
    grown = amplitude2 * (value + (BIAS_CONSTANT if j else 0.0))
    found = {f"{j}.log_amplitude": 2.0 * float(np.vdot(part, grown))}
    lengths = levels.correlation.pulls(amplitude2 * part, inverse2, squares)
    return found | {f"{j}.log_length[{i}]": length for i, length in enumerate(lengths)}
