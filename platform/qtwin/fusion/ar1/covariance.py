"""Covariance of all measurements on the ladder.

Shapes: ``N`` sites.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.ar1.ladder import Ladder
from qtwin.fusion.ar1.levels import Levels
from qtwin.fusion.base import FloatArray
from qtwin.fusion.evidence.sites import add_noise


def covariance(levels: Levels, ladder: Ladder) -> tuple[FloatArray, list[FloatArray]]:
    """K, and ``k_j`` among the sites for each level, each shape ``(N, N)``."""
    sites, weights = ladder.sites, levels.weights[ladder.level]
    kernels = [levels.kernel(j, ladder.squares) for j in range(len(ladder.sources))]
    matrix = np.zeros((len(sites.y), len(sites.y)))
    add_noise(matrix, sites, levels.jitter)
    for j, kernel in enumerate(kernels):
        matrix += np.outer(weights[:, j], weights[:, j]) * kernel
    return matrix, kernels
