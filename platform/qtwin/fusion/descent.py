"""Descend to a maximum a posteriori by L-BFGS with analytic gradients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize

from qtwin.fusion.base import FloatArray

FAILED = 1e10
"""What an objective returns, with no slope, where the covariance has no factor."""

_REACH = 5.0  # prior sigmas that the search may move away from the prior mean

Objective = Callable[[FloatArray], tuple[float, FloatArray]]


def descend(
    objective: Objective,
    start: FloatArray,
    *,
    mean: FloatArray,
    sigma: FloatArray,
    iterations: int = 120,
) -> tuple[FloatArray, float]:
    """The lowest point that a search finds, shape ``(P,)``, and the objective there.

    Args:
        objective: Negative log posterior and its gradient.
        start: Where the search starts, shape ``(P,)``.
        mean: Of the prior, shape ``(P,)``.
        sigma: Of the prior, shape ``(P,)``.
        iterations: At most this many.
    """
    found = minimize(
        objective,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(mean - _REACH * sigma, mean + _REACH * sigma, strict=True)),
        options={"maxiter": iterations},
    )
    return np.asarray(found.x), float(found.fun)
