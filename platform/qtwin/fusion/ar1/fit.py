"""Fit the ladder."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

import numpy as np

from qtwin.fusion.ar1.condition import condition
from qtwin.fusion.ar1.ladder import ladder_of
from qtwin.fusion.ar1.likelihood import log_posterior, negative_log_posterior
from qtwin.fusion.ar1.posterior import Ar1Fit
from qtwin.fusion.base import Observations
from qtwin.fusion.calibration import hold_out, inflation, leave_one_out
from qtwin.fusion.descent import descend
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.evidence.scaling import scale_of, standardise
from qtwin.fusion.gaussian import independent, laplace
from qtwin.fusion.interval import rule_for
from qtwin.fusion.slice_sampler import sample

LIMIT = 500
"""Most distinct measurements that one fit takes."""


F = TypeVar("F", bound=Ar1Fit)


def fit_ar1(
    data: Observations, *, seed: int = 0, steps: int | None = None, keep: int = 24
) -> Ar1Fit:
    """Fit the ladder of Matérn processes; see `fit_ladder`."""
    return fit_ladder(Ar1Fit, data, seed=seed, steps=steps, keep=keep)


def fit_ladder(
    kind: type[F], data: Observations, *, seed: int = 0, steps: int | None = None, keep: int = 24
) -> F:
    """Fit a ladder; hyperparameters are marginalised as those of the star are.

    Args:
        kind: Whose correlation the levels have.
        data: At most 500 distinct measurements.
        seed: Of the random numbers.
        steps: Steps of the slice sampler, a quarter of them burn-in; by default 320 up to 200
            distinct measurements, then fewer, down to 160.
        keep: Hyperparameter samples that predictions mix.

    Raises:
        ValueError: The observations are malformed or contradict each other, or there are too many.
    """
    sites = merge(data)
    if len(sites.y) > LIMIT:
        raise ValueError(f"{len(sites.y)} distinct measurements; one fit takes at most {LIMIT}")
    scale = scale_of(sites, data.value_bounds)
    ladder = ladder_of(standardise(sites, scale), kind.correlation)
    rng = np.random.default_rng(seed)
    objective = partial(negative_log_posterior, ladder=ladder)
    optimum, _ = descend(objective, ladder.mean, mean=ladder.mean, sigma=ladder.sigma)
    thetas = sample(
        partial(log_posterior, ladder=ladder),
        independent(ladder.mean, ladder.sigma),
        laplace(lambda theta: objective(theta)[1], optimum, ladder.sigma),
        rng,
        steps=steps or int(np.clip(320 * (200 / len(sites.y)) ** 2, 160, 320)),
        keep=keep,
    )
    factors = condition(ladder, thetas)
    held = hold_out(ladder.sites, factors)
    return kind(
        sites=ladder.sites,
        bounds=np.asarray(data.bounds, dtype=np.float64),
        value_bounds=data.value_bounds,
        scale=scale,
        factors=factors,
        c2=inflation(leave_one_out(ladder.sites, held)),
        rule=rule_for(len(held)),
        widening=None,
        seed=seed,
    )
