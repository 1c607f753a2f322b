"""Fit the star: every source sees the one truth through a channel and a discrepancy of its own.

``f ~ GP(0, constant + Matérn-5/2)``;
``y_i = m + rho_s(x_i, G_i) (f(x_i) - m) + a_s(x_i) delta_s(x_i) + e_i``.
The discrepancy of a source is that of Bayesian calibration (Kennedy & O'Hagan 2001); there is no
order between the sources as in their co-kriging (2000). Hyperparameters are marginalised by
elliptical slice sampling (Murray, Adams & MacKay 2010), since point estimates are overconfident.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qtwin.fusion.base import Claim, Observations, Role
from qtwin.fusion.calibration import hold_out, inflation, leave_one_out
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.evidence.scaling import scale_of, standardise
from qtwin.fusion.evidence.sites import Sites
from qtwin.fusion.evidence.subset import stratified, take
from qtwin.fusion.interval import rule_for
from qtwin.fusion.star.anchor import class_prior
from qtwin.fusion.star.condition import condition
from qtwin.fusion.star.covariance import problem_of
from qtwin.fusion.star.marginal import marginalise
from qtwin.fusion.star.parameters import lay_out
from qtwin.fusion.star.posterior import StarFit
from qtwin.fusion.star.quarantine import quarantine

LIMIT = 6000
"""Most distinct measurements that one exact fit takes."""

FULL = 600
"""Distinct measurements up to which the hyperparameters are fitted to all of them."""

_SUBSET = 400  # measurements that the hyperparameters are fitted to beyond that
_SAMPLES = 4  # hyperparameter samples that are then conditioned on all measurements


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
    same for the same seed. Sources without rows take no part. Of more than 600 distinct
    measurements, a stratified part decides the hyperparameters, their spread and the calibration;
    four samples are conditioned on all of them.

    Args:
        data: At most 6000 distinct measurements.
        seed: Of the random numbers.
        steps: Steps of the slice sampler, a quarter of them burn-in; by default 1920 up to 50
            distinct measurements, then fewer, down to 240 from 400.
        keep: Hyperparameter samples that predictions mix.
        restarts: Searches for the optimum that the sampler starts from.

    Raises:
        ValueError: The observations are malformed or contradict each other, or there are too many.
    """
    merged = merge(data)
    if len(merged.y) > LIMIT:
        raise ValueError(f"{len(merged.y)} distinct measurements; one fit takes at most {LIMIT}")
    rng = np.random.default_rng(seed)
    sites, conflicts = quarantine(merged, data.value_bounds, rng)
    scale = scale_of(sites, data.value_bounds)
    whole = standardise(sites, scale)
    problem = problem_of(_part(whole, seed))
    thetas = marginalise(
        problem, rng, steps=steps or _steps(len(problem.sites.y)), keep=keep, restarts=restarts
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
        rule=rule_for(_telling(problem.sites), extrapolates=_extrapolates(sites)),
        widening=None,
        seed=seed,
        conflicts=conflicts,
    )
    fit = _unanchored(fit) if fit.rule.claim is Claim.UNANCHORED else fit
    return fit if problem.sites is whole else _complete(fit, whole)


def _part(sites: Sites, seed: int) -> Sites:
    """All sites, or the part that decides the hyperparameters, which has the same ones."""
    if len(sites.y) <= FULL:
        return sites
    names, size = lay_out(sites).names, _SUBSET
    while True:
        part = take(sites, stratified(sites, size, seed))
        if lay_out(part).names == names:
            return part
        size *= 2


def _complete(fit: StarFit, sites: Sites) -> StarFit:
    """The fit to a part, conditioned on all sites."""
    chosen = fit.factors.theta[:: max(1, len(fit.factors.theta) // _SAMPLES)][:_SAMPLES]
    factors = condition(problem_of(sites), chosen, invert=False)
    return replace(fit, sites=sites, factors=factors, coarse=fit)


def _steps(n: int) -> int:
    """Steps that keep the time near that of 100 measurements."""
    return int(np.clip(960 * 100 / n, 240, 1920))


def _telling(sites: Sites) -> int:
    """Reference points that say more than the spread of the values; others check no band."""
    return sum(bool(sites.var[rows].min() < 1.0) for rows in sites.reference_points())


def _extrapolates(sites: Sites) -> bool:
    """Whether a reference names the truth as the limit of its knobs."""
    return any(spec.role is Role.REFERENCE and spec.knobs for spec in sites.specs)


def _unanchored(fit: StarFit) -> StarFit:
    low, high = fit.bounds.T
    shares = fit.predict(low + fit.sites.x * (high - low)).shares
    return replace(fit, widening=class_prior(fit.layout, shares))
