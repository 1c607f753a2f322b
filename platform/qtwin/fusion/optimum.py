"""Maximum a posteriori hyperparameters by L-BFGS with analytic gradients."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.linalg import LinAlgError
from scipy.optimize import minimize

from qtwin.fusion.base import FloatArray
from qtwin.fusion.covariance import Problem
from qtwin.fusion.likelihood import negative_log_posterior

_REACH = 5.0  # prior sigmas that the search may move away from the prior mean
_FAILED = 1e10
_ROUGH = -1.0  # log tau of the search that takes the scatter of every source for jitter


def find_optimum(
    problem: Problem, rng: np.random.Generator, *, restarts: int, iterations: int = 120
) -> FloatArray:
    """The best of several searches, the first from the prior mean; shape ``(P,)``.

    When there are more, the second is from large jitter: a source that is mere noise is else taken
    for a truth that changes from point to point.
    """
    mean, sigma = problem.layout.mean, problem.layout.sigma
    if not len(mean):
        return mean
    bounds = list(zip(mean - _REACH * sigma, mean + _REACH * sigma, strict=True))
    best, best_value = mean, np.inf
    for start in _starts(problem, rng, restarts):
        found = minimize(
            _objective,
            start,
            args=(problem,),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": iterations},
        )
        if found.fun < best_value:
            best, best_value = np.asarray(found.x), float(found.fun)
    return best


def _starts(problem: Problem, rng: np.random.Generator, restarts: int) -> Iterator[FloatArray]:
    layout = problem.layout
    yield layout.mean
    if restarts > 1:
        jitter = [name.endswith(".log_jitter") for name in layout.names]
        yield np.where(jitter, _ROUGH, layout.mean)
    for _ in range(restarts - 1):
        yield layout.mean + 0.7 * layout.sigma * rng.standard_normal(len(layout.mean))


def _objective(theta: FloatArray, problem: Problem) -> tuple[float, FloatArray]:
    try:
        return negative_log_posterior(theta, problem)
    except LinAlgError:
        return _FAILED, np.zeros_like(theta)
