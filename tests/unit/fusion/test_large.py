"""More measurements than the hyperparameters are fitted to."""

from __future__ import annotations

import numpy as np
import pytest

from qtwin.fusion import fit_star, load_fit
from qtwin.fusion.base import Claim, Observations
from qtwin.fusion.star.fit import FULL, LIMIT
from qtwin.fusion.star.posterior import StarFit
from tests.unit.fusion.synthetic import BIASED, NAN, REFERENCE, observations, reordered, truth

GRID = np.linspace(-0.95, 2.95, 40)[:, None]


def _many(n: int) -> Observations:
    rng = np.random.default_rng(0)
    rows = []
    for x in np.sort(rng.uniform(-1.0, 3.0, n)):
        bias = 0.2 * np.cos(x)
        rows.append((x, float(truth(x)) + bias + 0.05 * rng.standard_normal(), 0.05, 1, NAN, NAN))
    for x in np.linspace(-1.0, 3.0, 40):
        rows.append((x, float(truth(x)) + 0.05 * rng.standard_normal(), 0.05, 0, NAN, NAN))
    return observations(rows, (REFERENCE, BIASED))


@pytest.fixture(scope="module")
def fit() -> StarFit:
    return fit_star(_many(FULL + 20), steps=40, restarts=1)


def test_all_measurements_decide_the_prediction(fit: StarFit) -> None:
    assert fit.coarse is not None
    assert len(fit.coarse.sites.y) < FULL < len(fit.sites.y)
    whole, part = fit.predict(GRID), fit.coarse.predict(GRID)
    values = truth(GRID[:, 0])
    assert np.mean((whole.lower <= values) & (values <= whole.upper)) >= 0.9
    assert whole.budget["shot"].mean() < part.budget["shot"].mean()
    assert (whole.references, whole.claim, whole.nu) == (40, Claim.CALIBRATED, None)


def test_solving_and_inverse_factors_predict_the_same(fit: StarFit) -> None:
    """The samples of the part, conditioned on it once more by the path of large fits."""
    from qtwin.fusion.star.condition import condition
    from qtwin.fusion.star.covariance import problem_of

    assert fit.coarse is not None
    problem, thetas = problem_of(fit.coarse.sites), fit.coarse.factors.theta[:2]
    solved, inverse = (condition(problem, thetas, invert=invert) for invert in (False, True))
    right = np.random.default_rng(1).standard_normal((len(problem.sites.y), 3))
    for t in range(2):
        a, b = (f.unwhiten(t, f.whiten(t, right)) for f in (solved, inverse))
        assert a == pytest.approx(b, rel=1e-6, abs=1e-9 * float(np.abs(b).max()))


def test_the_budget_sums_and_the_fit_is_stored_whole(fit: StarFit) -> None:
    belief, again = fit.predict(GRID), load_fit(fit.to_bytes()).predict(GRID)
    total = sum(belief.budget.values(), np.zeros(len(GRID)))
    assert total == pytest.approx(belief.std**2, rel=1e-10)
    assert np.array_equal(again.mean, belief.mean)
    assert np.array_equal(again.upper, belief.upper)


def test_the_order_of_the_rows_does_not_matter(fit: StarFit) -> None:
    data = reordered(_many(FULL + 20), np.random.default_rng(2))
    other = fit_star(data, steps=40, restarts=1)
    assert np.array_equal(other.predict(GRID).mean, fit.predict(GRID).mean)


def test_more_than_the_limit_is_refused_and_the_limit_named() -> None:
    with pytest.raises(ValueError, match=f"at most {LIMIT}"):
        fit_star(_many(LIMIT))
