"""A Gaussian over the hyperparameters, and the Laplace approximation of their posterior.

Shapes: ``P`` hyperparameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray

Gradient = Callable[[FloatArray], FloatArray]

_STEP = 1e-3  # of the central differences, in prior sigmas
_LEAST_PRECISION = 0.5  # in prior sigmas: a flat or concave direction stays near the prior


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gaussian:
    """``N(mean, R Rᵀ)``.

    Attributes:
        mean: Shape ``(P,)``.
        root: R, shape ``(P, P)``.
        whiten: R⁻¹, shape ``(P, P)``.
    """

    mean: FloatArray
    root: FloatArray
    whiten: FloatArray

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """One random vector, shape ``(P,)``."""
        drawn: FloatArray = self.mean + self.root @ rng.standard_normal(len(self.mean))
        return drawn

    def log_density(self, theta: FloatArray) -> float:
        """Up to a constant."""
        z = self.whiten @ (theta - self.mean)
        return -0.5 * float(z @ z)


def independent(mean: FloatArray, sigma: FloatArray) -> Gaussian:
    """Independent components with these sigmas, shape ``(P,)``."""
    return Gaussian(mean=mean, root=np.diag(sigma), whiten=np.diag(1.0 / sigma))


def laplace(gradient: Gradient, optimum: FloatArray, sigma: FloatArray) -> Gaussian:
    """Gaussian at the optimum with the curvature there, in units of the prior's sigma.

    Args:
        gradient: Of the negative log posterior.
        optimum: Shape ``(P,)``.
        sigma: Of the prior, shape ``(P,)``.
    """
    steps = _STEP * np.diag(sigma)
    rows = [gradient(optimum + step) - gradient(optimum - step) for step in steps]
    hessian = np.array(rows) * sigma / (2.0 * _STEP)
    values, vectors = np.linalg.eigh(0.5 * (hessian + hessian.T))
    width = 1.0 / np.sqrt(np.maximum(values, _LEAST_PRECISION))
    return Gaussian(
        mean=optimum,
        root=sigma[:, None] * vectors * width,
        whiten=(vectors / width).T / sigma,
    )
