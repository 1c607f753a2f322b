"""What one vector of hyperparameters says of the levels of the ladder.

Shapes: ``N`` sites, ``D`` controls, ``L`` levels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.ar1.correlation import MATERN, Correlation
from qtwin.fusion.base import FloatArray
from qtwin.fusion.prior import BIAS_CONSTANT, TRUTH_CONSTANT


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Levels:
    """One vector of hyperparameters.

    Attributes:
        ratio: ``rho_t``, shape ``(L,)``; 1 for the lowest level.
        amplitude2: ``A_t²``, shape ``(L,)``.
        inverse2: ``1/l²`` of each control, shape ``(L, D)``.
        jitter: ``tau_t²`` plus the nugget of each site, shape ``(N,)``.
        correlation: Of every level.
    """

    ratio: FloatArray
    amplitude2: FloatArray
    inverse2: FloatArray
    jitter: FloatArray
    correlation: Correlation = MATERN

    @property
    def weights(self) -> FloatArray:
        """``w_j(t)`` in row t and column j, shape ``(L, L)``."""
        weights = np.eye(len(self.ratio))
        for t in range(1, len(weights)):
            weights[t, :t] = self.ratio[t] * weights[t - 1, :t]
        return weights

    def kernel(self, level: int, squares: FloatArray) -> FloatArray:
        """``k_j`` at squared differences of shape ``(D, …)``."""
        correlation = self.correlation.value(self.inverse2[level], squares)
        if level == 0:
            return np.asarray(TRUTH_CONSTANT + self.amplitude2[0] * correlation)
        return np.asarray(self.amplitude2[level] * (BIAS_CONSTANT + correlation))

    def variance(self, level: int) -> float:
        """``k_j(x, x)``."""
        return float(self.kernel(level, np.zeros((self.inverse2.shape[1], 1)))[0])
