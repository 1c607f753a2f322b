"""A Gaussian process over scores, whose hyperparameters are those of highest posterior density.

``y = m + f(x) + noise``, ``f ~ GP(0, A² Matérn-5/2)`` with one length per dimension (Rasmussen &
Williams 2006, sections 5.4 and 4.2.1). ``N`` scores at points of the unit cube of D dimensions;
scores are standardised.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.descent import FAILED, descend
from qtwin.fusion.kernel import matern52, squared_differences, squared_distance

ITERATIONS = 60
JITTER = 1e-8
LENGTH, AMPLITUDE, NOISE = (np.log(0.7), 1.0), (0.0, 0.7), (np.log(0.1), 1.5)
"""Prior means and sigmas of the logarithms of lengths, amplitude and noise's sigma."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surrogate:
    """Fitted to scores.

    Attributes:
        x: Shape ``(N, D)``.
        theta: Log lengths, log amplitude, log sigma of the noise, shape ``(D + 2,)``.
        lower: Cholesky factor of the scores' covariance, shape ``(N, N)``.
        alpha: Inverse covariance times scores, shape ``(N,)``.
    """

    x: FloatArray
    theta: FloatArray
    lower: FloatArray
    alpha: FloatArray
    shift: float
    scale: float

    @classmethod
    def fit(cls, x: FloatArray, scores: FloatArray) -> Surrogate:
        """Fit the hyperparameters."""
        shift, scale = float(scores.mean()), float(scores.std())
        scale = scale if scale > 0 else 1.0
        y, squares = (scores - shift) / scale, squared_differences(x, x)
        priors = [LENGTH] * x.shape[1] + [AMPLITUDE, NOISE]
        mean, sigma = (np.array(column) for column in zip(*priors, strict=True))

        def objective(theta: FloatArray) -> tuple[float, FloatArray]:
            value, slope = _evidence(theta, squares, y)
            away = (theta - mean) / sigma
            return value + 0.5 * float(away @ away), slope + away / sigma

        theta, _ = descend(objective, mean, mean=mean, sigma=sigma, iterations=ITERATIONS)
        return cls.at(x, scores, theta, shift, scale)

    @classmethod
    def at(
        cls, x: FloatArray, scores: FloatArray, theta: FloatArray, shift: float, scale: float
    ) -> Surrogate:
        """With known hyperparameters."""
        from scipy.linalg import cho_solve, cholesky

        covariance = _covariance(theta, squared_differences(x, x))
        lower = cholesky(covariance, lower=True)
        alpha = cho_solve((lower, True), (scores - shift) / scale)
        return cls(x=x, theta=theta, lower=lower, alpha=alpha, shift=shift, scale=scale)

    def predict(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and sigma of the score without noise at points ``(M, D)``, each ``(M,)``."""
        from scipy.linalg import solve_triangular

        d2 = squared_distance(squared_differences(self.x, points), self.theta[:-2])
        amplitude2 = float(np.exp(2 * self.theta[-2]))
        cross = amplitude2 * matern52(d2).value
        white = solve_triangular(self.lower, cross, lower=True)
        variance = np.maximum(amplitude2 - np.einsum("nm,nm->m", white, white), 1e-12)
        mean: FloatArray = self.shift + self.scale * (self.alpha @ cross)
        return mean, self.scale * np.sqrt(variance)

    def believing(self, point: FloatArray) -> Surrogate:
        """As if the score at a point, shape ``(D,)``, were its mean (Ginsbourger et al. 2010)."""
        believed, _ = self.predict(point[None, :])
        y = self.lower @ (self.lower.T @ self.alpha) * self.scale + self.shift
        x, scores = np.vstack([self.x, point]), np.append(y, believed)
        return Surrogate.at(x, scores, self.theta, self.shift, self.scale)


def expected_improvement(mean: FloatArray, sigma: FloatArray, best: float) -> FloatArray:
    """``sigma (z Φ(z) + φ(z))`` with ``z = (mean - best) / sigma`` (Jones et al. 1998)."""
    from scipy.special import ndtr

    z = (mean - best) / sigma
    density = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    improvement: FloatArray = sigma * (z * ndtr(z) + density)
    return improvement


def _covariance(theta: FloatArray, squares: FloatArray) -> FloatArray:
    value = matern52(squared_distance(squares, theta[:-2])).value
    noise = np.exp(2 * theta[-1]) + JITTER
    covariance: FloatArray = np.exp(2 * theta[-2]) * value + noise * np.eye(len(value))
    return covariance


def _evidence(theta: FloatArray, squares: FloatArray, y: FloatArray) -> tuple[float, FloatArray]:
    """Negative log marginal likelihood without its constant, and its gradient."""
    from scipy.linalg import LinAlgError, cho_solve, cholesky

    kernel = matern52(squared_distance(squares, theta[:-2]))
    amplitude2, noise2 = float(np.exp(2 * theta[-2])), float(np.exp(2 * theta[-1]))
    covariance = amplitude2 * kernel.value
    covariance[np.diag_indices_from(covariance)] += noise2 + JITTER
    try:
        lower = cholesky(covariance, lower=True)
    except LinAlgError:
        return FAILED, np.zeros_like(theta)
    alpha = cho_solve((lower, True), y)
    inverse = cho_solve((lower, True), np.eye(len(y)))
    inner = 0.5 * (inverse - np.outer(alpha, alpha))
    lengths = np.exp(-2.0 * theta[:-2])
    weighted = inner * (amplitude2 * kernel.slope)
    slopes = [
        float(scale * (weighted * square).sum())
        for scale, square in zip(lengths, squares, strict=True)
    ]
    slopes.append(float(2 * amplitude2 * (inner * kernel.value).sum()))
    slopes.append(float(2 * noise2 * np.trace(inner)))
    value = 0.5 * float(y @ alpha) + float(np.log(np.diag(lower)).sum())
    return value, np.array(slopes)
