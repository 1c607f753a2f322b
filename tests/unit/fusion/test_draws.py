"""Draws and derivatives against finite differences and dense formulas written anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion import fit_star
from qtwin.fusion.base import FloatArray, Observations
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.kernel_slopes import matern52_along
from qtwin.fusion.questions.derivatives import derivatives
from qtwin.fusion.questions.draws import draws, jets
from qtwin.fusion.questions.functions import Functions
from qtwin.fusion.star.condition import condition
from qtwin.fusion.star.covariance import problem_of
from qtwin.fusion.star.posterior import StarFit, load_fit
from tests.unit.fusion.matern import matern52
from tests.unit.fusion.synthetic import (
    BIASED,
    NAN,
    REFERENCE,
    conditioned,
    observations,
    star,
    truth,
)

GRID = np.linspace(-1.0, 3.0, 15)[:, None]
COUNT = 6000


@pytest.fixture(scope="module")
def anchored() -> StarFit:
    return replace(fit_star(star(), seed=3, steps=120), c2=2.5)


@pytest.fixture(scope="module")
def unanchored() -> StarFit:
    return fit_star(star(references=0), seed=3, steps=120)


@pytest.fixture(scope="module")
def large() -> StarFit:
    """As a fit to very many measurements: samples that are solved, spread by a coarse fit."""
    problem = problem_of(merge(star()))
    layout, rng = problem.layout, np.random.default_rng(1)
    thetas = layout.mean + 0.4 * layout.sigma * rng.standard_normal((6, len(layout.mean)))
    factors = condition(problem, thetas[:2], invert=False)
    coarse = conditioned(star(), thetas)
    return replace(coarse, factors=factors, coarse=coarse, c2=1.5)


@pytest.fixture(params=["anchored", "unanchored", "large"])
def fit(request: pytest.FixtureRequest) -> StarFit:
    found: StarFit = request.getfixturevalue(request.param)
    return found


def _noisy() -> Observations:
    x = np.array([-1.0, -0.2, 0.4, 1.5, 2.9])
    rows = [(float(v), float(truth(v)), 0.1, 0, NAN, NAN) for v in x]
    return observations(rows, (REFERENCE,))


def _plane() -> Observations:
    """Two controls of different units, a reference and a biased source."""
    rng = np.random.default_rng(4)
    bounds = np.array([[0.0, 2.0], [10.0, 40.0]])
    x = bounds[:, 0] + rng.random((24, 2)) * (bounds[:, 1] - bounds[:, 0])
    return Observations(
        x=x,
        bounds=bounds,
        y=np.sin(x[:, 0]) + 0.01 * x[:, 1] * x[:, 0],
        std=np.zeros(24),
        source=np.repeat([0, 1], 12),
        sources=(REFERENCE, BIASED),
        gain=np.full(24, NAN),
        mixed_value=np.full(24, NAN),
    )


def test_draws_have_the_mean_and_sigma_of_the_prediction(fit: StarFit) -> None:
    """Inflation and widening included, within the Monte Carlo error."""
    drawn, belief = draws(fit, GRID, count=COUNT, seed=1), fit.predict(GRID)
    assert drawn.shape == (COUNT, len(GRID))
    assert np.abs((drawn.mean(axis=0) - belief.mean) / belief.std).max() < 5 / np.sqrt(COUNT)
    assert drawn.std(axis=0) == pytest.approx(belief.std, rel=0.05)


def test_derivatives_of_draws_have_the_stated_mean_and_sigma(fit: StarFit) -> None:
    inside = GRID[1:-1]
    for order in (1, 2):
        (drawn,) = jets(fit, inside, orders=(order,), count=COUNT, seed=2)
        stated = derivatives(fit, inside, order=order)
        z = (drawn.mean(axis=0) - stated.mean[:, 0]) / stated.std[:, 0]
        assert np.abs(z).max() < 5 / np.sqrt(COUNT)
        assert drawn.std(axis=0) == pytest.approx(stated.std[:, 0], rel=0.06)


def test_the_derivative_is_that_of_the_predicted_mean(fit: StarFit) -> None:
    h = 1e-3
    grid = GRID[1:-1]  # at the border the amplitude of the truth stops to grow
    before, here, after = (fit.predict(grid + step).mean for step in (-h, 0.0, h))
    assert derivatives(fit, grid).mean[:, 0] == pytest.approx((after - before) / (2 * h), abs=1e-5)
    curvature = (after - 2 * here + before) / h**2
    assert derivatives(fit, grid, order=2).mean[:, 0] == pytest.approx(curvature, abs=1e-3)


def test_drawn_slopes_are_the_slopes_of_drawn_values(fit: StarFit) -> None:
    """The trapezoidal rule with its end correction, on every draw."""
    x = np.linspace(0.0, 1.0, 101)[:, None]
    value, slope, bend = jets(fit, x, orders=(0, 1, 2), count=40, seed=3)
    h = 0.01
    rises = h * (slope[:, 1:] + slope[:, :-1]) / 2 - h**2 * (bend[:, 1:] - bend[:, :-1]) / 12
    spread = np.std(value[:, 1:] - value[:, :-1])
    assert np.abs(value[:, 1:] - value[:, :-1] - rises).max() < 0.01 * spread


def test_units_follow_each_control() -> None:
    fit = conditioned(_plane())
    x = fit.bounds[:, 0] + np.array([[0.3, 0.4], [0.6, 0.7]]) * np.ptp(fit.bounds, axis=1)
    slopes = derivatives(fit, x)
    for control, h in enumerate((1e-4, 1e-3)):
        step = h * np.eye(2)[control]
        rise = fit.predict(x + step).mean - fit.predict(x - step).mean
        assert slopes.mean[:, control] == pytest.approx(rise / (2 * h), rel=1e-5)
    pair = np.vstack([x[0], x[0] + [0.0, 0.05]])
    fine = draws(fit, pair, count=COUNT, seed=1)
    assert np.std(np.diff(fine, axis=1) / 0.05) == pytest.approx(slopes.std[0, 1], rel=0.05)


def test_one_source_has_the_textbook_joint_posterior() -> None:
    """Covariances of values and slopes, by differences of the dense posterior covariance."""
    fit = conditioned(_noisy())
    u, v = fit.sites.x[:, 0], np.array([0.11, 0.37, 0.38, 0.9])
    gram = 4 + matern52(u, u, 0.4) + (0.1**2 + 1e-8) * np.eye(5)

    def posterior(a: FloatArray, b: FloatArray) -> FloatArray:
        left: FloatArray = 4 + matern52(a, b, 0.4)
        return left - (4 + matern52(a, u, 0.4)) @ np.linalg.solve(gram, 4 + matern52(u, b, 0.4))

    h = 1e-3
    slopes = posterior(v + h, v + h) + posterior(v - h, v - h)
    slopes -= posterior(v + h, v - h) + posterior(v - h, v + h)
    value, slope = jets(fit, -1 + 4 * v[:, None], orders=(0, 1), count=40_000, seed=5)
    expected = posterior(v, v)
    tolerance = 5 * np.sqrt(2 / 40_000)
    assert np.cov(value.T) == pytest.approx(expected, abs=tolerance * expected.max())
    expected = slopes / (2 * h) ** 2 / 4**2  # the control is four units wide
    assert np.cov(slope.T) == pytest.approx(expected, abs=tolerance * expected.max())
    stated = derivatives(fit, -1 + 4 * v[:, None]).std[:, 0] ** 2
    assert stated == pytest.approx(np.diag(expected), rel=0.01)


def test_far_from_all_evidence_a_curvature_has_its_prior_variance() -> None:
    """``25 A² / l⁴``, the fourth derivative of Matérn-5/2 at zero."""
    fit = conditioned(observations([(-1.0, 0.0, 0.1, 0, NAN, NAN)], (REFERENCE,)))
    bend = derivatives(fit, np.array([[300.0]]), order=2).std[0, 0]
    assert bend == pytest.approx(5.0 / 0.4**2 / 4**2, rel=1e-9)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_kernel_slopes_are_slopes_of_each_other(order: int) -> None:
    delta, beside, h = np.linspace(-1.2, 1.3, 26), 0.4, 1e-5

    def along(step: float, order: int) -> FloatArray:
        d = delta + step
        return matern52_along(d, 3.0 * d**2 + beside, 3.0, order)

    expected = (along(h, order - 1) - along(-h, order - 1)) / (2 * h)
    assert along(0.0, order) == pytest.approx(expected, abs=1e-7)


def test_continued_draws_are_of_the_same_belief(fit: StarFit) -> None:
    """At the points of a design and, through the continuation, between them."""
    x = fit.bounds[0, 0] + np.linspace(0.0, 1.0, 41)[:, None] * 4.0
    functions = Functions.draw(fit, np.linspace(0, 1, 41)[:, None], count=4000, rng=_rng())
    belief = fit.predict(x)
    assert functions.drawn.mean(axis=0) * fit.scale.factor + fit.scale.shift == pytest.approx(
        belief.mean, abs=5 * belief.std.max() / np.sqrt(4000)
    )
    assert functions.drawn.std(axis=0) * fit.scale.factor == pytest.approx(belief.std, rel=0.06)
    middle = np.full((4000, 1, 1), 0.4125)
    between = functions(middle, np.full(4000, 16))[:, 0] * fit.scale.factor
    expected = fit.predict(np.array([[-1.0 + 4.0 * 0.4125]]))
    assert between.std() == pytest.approx(expected.std[0], rel=0.06)


def _rng() -> np.random.Generator:
    return np.random.default_rng(11)


def test_draws_are_those_of_the_seed_and_of_the_stored_fit(fit: StarFit) -> None:
    drawn = draws(fit, GRID, count=30, seed=7)
    again = draws(load_fit(fit.to_bytes()), GRID, count=30, seed=7)
    assert np.array_equal(drawn, again)
    assert not np.array_equal(drawn, draws(fit, GRID, count=30, seed=8))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"control": 1}, "control 1"),
        ({"orders": (3,)}, "order 3"),
        ({"x": np.zeros((2, 3))}, "x has shape"),
        ({"x": np.array([[np.nan]])}, "not finite"),
    ],
)
def test_what_has_no_derivative_is_refused(
    anchored: StarFit, more: dict[str, object], message: str
) -> None:
    asked: dict[str, object] = {"x": GRID, "orders": (1,), "count": 5, **more}
    with pytest.raises(ValueError, match=message):
        jets(anchored, **asked)  # type: ignore[arg-type]  # wrong on purpose
