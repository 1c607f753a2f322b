"""Draw hyperparameters from their posterior."""

from __future__ import annotations

from functools import partial

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.gaussian import independent, laplace
from qtwin.fusion.slice_sampler import sample
from qtwin.fusion.star.covariance import Problem
from qtwin.fusion.star.likelihood import log_posterior, negative_log_posterior
from qtwin.fusion.star.optimum import find_optimum


def marginalise(
    problem: Problem, rng: np.random.Generator, *, steps: int, keep: int, restarts: int
) -> FloatArray:
    """Samples of shape ``(keep, P)``: slice sampling that starts from the optimum."""
    optimum = find_optimum(problem, rng, restarts=restarts)
    layout = problem.layout
    return sample(
        partial(log_posterior, problem=problem),
        independent(layout.mean, layout.sigma),
        laplace(lambda theta: negative_log_posterior(theta, problem)[1], optimum, layout.sigma),
        rng,
        steps=steps,
        keep=keep,
    )
