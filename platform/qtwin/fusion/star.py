"""Fit the star: every source sees the one truth through a channel and a discrepancy of its own.

``f ~ GP(0, constant + Matérn-5/2)``;
``y_i = m + rho_s(x_i, G_i) (f(x_i) - m) + a_s(x_i) delta_s(x_i) + e_i``.
A Bayesian calibration in the sense of Kennedy & O'Hagan (2000), without an order between the
sources. Hyperparameters are marginalised by elliptical slice sampling (Murray, Adams & MacKay
2010), since point estimates are overconfident.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from qtwin.fusion.anchor import class_prior
from qtwin.fusion.base import Observations
from qtwin.fusion.calibration import hold_out, inflation, leave_one_out
from qtwin.fusion.condition import condition
from qtwin.fusion.covariance import problem_of
from qtwin.fusion.gaussian import independent, laplace
from qtwin.fusion.interval import rule_for
from qtwin.fusion.likelihood import log_posterior, negative_log_posterior
from qtwin.fusion.merge import merge
from qtwin.fusion.optimum import find_optimum
from qtwin.fusion.posterior import StarFit
from qtwin.fusion.scaling import scale_of, standardise
from qtwin.fusion.sites import Sites
from qtwin.fusion.slice_sampler import sample

LIMIT = 500
"""Most distinct measurements that one exact fit takes."""


def fit_star(
    data: Observations,
    *,
    seed: int = 0,
    steps: int | None = None,
    keep: int = 24,
    restarts: int = 2,
) -> StarFit:
    """Fit all measurements of one observable.

    The result depends neither on the order of the rows nor on that of the sources, and is the
    same for the same seed. Sources without rows take no part.

    Args:
        data: At most 500 distinct measurements.
        seed: Of the random numbers.
        steps: Steps of the slice sampler, a quarter of them burn-in; by default 960 up to 200
            distinct measurements, then fewer, down to 240.
        keep: Hyperparameter samples that predictions mix.
        restarts: Searches for the optimum that the sampler starts from.

    Raises:
        ValueError: The observations are malformed, exact repeats differ, or there are too many.
    """
    sites = merge(data)
    if len(sites.y) > LIMIT:
        raise ValueError(f"{len(sites.y)} distinct measurements; one fit takes at most {LIMIT}")
    scale = scale_of(sites, data.value_bounds)
    problem = problem_of(standardise(sites, scale))
    rng = np.random.default_rng(seed)
    optimum = find_optimum(problem, rng, restarts=restarts)
    thetas = sample(
        partial(log_posterior, problem=problem),
        independent(problem.layout.mean, problem.layout.sigma),
        laplace(
            lambda theta: negative_log_posterior(theta, problem)[1], optimum, problem.layout.sigma
        ),
        rng,
        steps=steps or _steps(len(sites.y)),
        keep=keep,
    )
    factors = condition(problem, thetas)
    held = hold_out(problem.sites, factors)
    fit = StarFit(
        sites=problem.sites,
        bounds=np.asarray(data.bounds, dtype=np.float64),
        value_bounds=data.value_bounds,
        scale=scale,
        factors=factors,
        c2=inflation(leave_one_out(problem.sites, held)),
        rule=rule_for(len(held)),
        widening=None,
        seed=seed,
    )
    return fit if held else _unanchored(fit, sites)


def _steps(n: int) -> int:
    """Steps that keep the time near that of 200 measurements."""
    return int(np.clip(960 * (200 / n) ** 2, 240, 960))


def _unanchored(fit: StarFit, sites: Sites) -> StarFit:
    low, high = fit.bounds.T
    shares = fit.predict(low + sites.x * (high - low)).shares
    return replace(fit, widening=class_prior(fit.layout, shares))
