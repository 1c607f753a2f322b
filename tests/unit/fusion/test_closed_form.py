"""The fit at fixed hyperparameters against dense formulas written anew."""

from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion.base import FloatArray, Observations
from qtwin.fusion.calibration import hold_out, leave_one_out
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.evidence.scaling import Scale, standardise
from qtwin.fusion.evidence.selection import select
from qtwin.fusion.interval import rule_for
from qtwin.fusion.prior import NUGGET
from qtwin.fusion.star.condition import condition
from qtwin.fusion.star.covariance import problem_of
from qtwin.fusion.star.posterior import StarFit
from tests.unit.fusion.matern import matern52
from tests.unit.fusion.synthetic import (
    BIASED,
    BOUNDS,
    DEVICE,
    NAN,
    REFERENCE,
    observations,
    star,
    truth,
)

GRID = np.linspace(-1.0, 3.0, 17)[:, None]
UNIT = Scale(shift=0.0, factor=1.0)


def _fit(data: Observations, thetas: FloatArray | None = None) -> StarFit:
    """Condition at given hyperparameters (the prior mean), without standardisation."""
    problem = problem_of(standardise(merge(data), UNIT))
    factors = condition(problem, problem.layout.mean[None] if thetas is None else thetas)
    return StarFit(
        sites=problem.sites,
        bounds=BOUNDS,
        value_bounds=data.value_bounds,
        scale=UNIT,
        factors=factors,
        c2=1.0,
        rule=rule_for(len(hold_out(problem.sites, factors))),
        widening=None,
        seed=0,
    )


def test_one_source_is_the_textbook_gaussian_process() -> None:
    x = np.array([-1.0, -0.2, 0.4, 1.5, 2.9])
    rows = [(float(v), float(truth(v)), 0.1, 0, NAN, NAN) for v in x]
    belief = _fit(observations(rows, (REFERENCE,))).predict(GRID)
    u, v = (x + 1) / 4, (GRID[:, 0] + 1) / 4
    gram = 4 + matern52(u, u, 0.4) + (0.1**2 + NUGGET) * np.eye(5)
    cross = 4 + matern52(v, u, 0.4)
    assert belief.mean == pytest.approx(cross @ np.linalg.solve(gram, truth(x)), rel=1e-9)
    explained = np.einsum("mn,nm->m", cross, np.linalg.solve(gram, cross.T))
    assert belief.std**2 == pytest.approx(5 - explained, rel=1e-8)


def test_merged_repeats_give_the_unmerged_posterior() -> None:
    """The unmerged model, dense: repeats of a site share its discrepancy and its jitter."""
    rng = np.random.default_rng(2)
    x = np.repeat([-0.5, 0.7, 2.0], 4)
    std = rng.uniform(0.1, 0.3, len(x))
    y = truth(x) + std * rng.standard_normal(len(x))
    rows = [(a, b, c, 0, 1.0, 0.2) for a, b, c in zip(x, y, std, strict=True)]
    fit = _fit(observations(rows, (DEVICE,)))
    belief = fit.predict(GRID)
    u, v = (x + 1) / 4, (GRID[:, 0] + 1) / 4
    rho, amplitude, tau = 0.85, np.exp(-2.0), np.exp(-7.0)
    gram = rho**2 * (4 + matern52(u, u, 0.4)) + amplitude**2 * (1 + matern52(u, u, 0.4))
    gram += (tau**2 + NUGGET) * (u[:, None] == u[None, :]) + np.diag(std**2)
    cross = rho * (4 + matern52(v, u, 0.4))
    mean = cross @ np.linalg.solve(gram, y - (1 - rho) * 0.2)
    explained = np.einsum("mn,nm->m", cross, np.linalg.solve(gram, cross.T))
    assert belief.mean == pytest.approx(mean, rel=1e-8)
    assert belief.std**2 == pytest.approx(5 - explained, rel=1e-8)


def test_the_epistemic_part_is_the_variance_of_what_the_truth_leaves_open() -> None:
    """With weights c, it is the variance of f(x*) - Σ c_i rho_i f(x_i)."""
    x = np.array([-1.0, 0.5, 2.0])
    rows = [(float(a), float(truth(a)), 0.05, 0, NAN, NAN) for a in x]
    rows += [(float(a), float(truth(a)), 0.0, 1, NAN, NAN) for a in x + 0.3]
    fit = _fit(observations(rows, (REFERENCE, BIASED)))
    belief = fit.predict(GRID)
    sites, root = fit.sites, fit.factors.root[0]
    u, v = sites.x[:, 0], (GRID[:, 0] + 1) / 4
    cross = 4 + matern52(u, v, 0.4)
    c = root.T @ root @ cross
    prior = 4 + matern52(u, u, 0.4)
    left = 5 - 2 * np.einsum("nm,nm->m", c, cross) + np.einsum("nm,nk,km->m", c, prior, c)
    assert belief.budget["epistemic"] == pytest.approx(left, rel=1e-7)


def test_doubling_the_shots_halves_the_shot_term() -> None:
    """Of one noisy source: where an exact one competes, better shots also earn more weight."""
    rows = [(float(x), float(truth(x)), 0.01, 0, NAN, NAN) for x in np.linspace(-1, 3, 6)]
    data = observations(rows, (REFERENCE,))
    shot = _fit(data).predict(GRID).budget["shot"]
    more = replace(data, std=data.std / np.sqrt(2))
    assert _fit(more).predict(GRID).budget["shot"] == pytest.approx(shot / 2, rel=0.02)


def test_leaving_one_out_is_fitting_without_it() -> None:
    data = star()
    fit = _fit(data)
    loo = leave_one_out(fit.sites, hold_out(fit.sites, fit.factors))
    references = np.flatnonzero(data.source == 0)
    for position, row in enumerate(references):
        kept = np.delete(np.arange(len(data.y)), row)
        belief = _fit(select(data, kept), fit.factors.theta).predict(data.x[row : row + 1])
        assert loo.mean[position] == pytest.approx(belief.mean[0], rel=1e-6)
        assert loo.var[position] == pytest.approx(belief.std[0] ** 2 + NUGGET, rel=1e-5)
