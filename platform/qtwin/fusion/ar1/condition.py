"""Condition the ladder on the measurements at given hyperparameters.

Shapes: ``T`` hyperparameter samples, ``P`` hyperparameters.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.ar1.covariance import covariance
from qtwin.fusion.ar1.ladder import Ladder
from qtwin.fusion.base import FloatArray
from qtwin.fusion.factorisation import factorise_surely
from qtwin.fusion.factors import Factors


def condition(ladder: Ladder, thetas: FloatArray) -> Factors:
    """Posterior factors at hyperparameters of shape ``(T, P)``."""
    matrices = [covariance(ladder.of(theta), ladder)[0] for theta in thetas]
    root = np.array([np.tril(np.linalg.inv(factorise_surely(matrix))) for matrix in matrices])
    alpha = np.einsum("tki,tkj,j->ti", root, root, ladder.sites.y, optimize=True)
    return Factors(theta=thetas, root=root, alpha=alpha)
