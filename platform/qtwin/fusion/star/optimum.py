"""Maximum a posteriori hyperparameters of the star, from several starts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from scipy.linalg import LinAlgError

from qtwin.fusion.base import FloatArray
from qtwin.fusion.descent import FAILED, descend
from qtwin.fusion.star.covariance import Problem
from qtwin.fusion.star.likelihood import negative_log_posterior

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
    objective = partial(_objective, problem=problem)
    best, best_value = mean, np.inf
    for start in _starts(problem, rng, restarts):
        found, value = descend(objective, start, mean=mean, sigma=sigma, iterations=iterations)
        if value < best_value:
            best, best_value = found, value
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
        return FAILED, np.zeros_like(theta)
