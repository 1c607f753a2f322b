"""What a prediction rests on, and what the others say of each measurement."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import Delaunay
from scipy.stats import norm, t

from qtwin.fusion import fit_star
from qtwin.fusion.base import Claim, Observations
from qtwin.fusion.evidence.selection import select
from qtwin.fusion.questions.holding_out import central_probability, doubted, held_out
from qtwin.fusion.questions.trust import inside, nearest, trust
from qtwin.fusion.star.posterior import StarFit
from tests.unit.fusion.synthetic import BIASED, NAN, REFERENCE, observations, star, truth

X = np.array([[-0.9], [0.0], [1.0], [2.7]])


def sparse(references: tuple[float, ...]) -> Observations:
    """References in the middle, a cheap source a little beyond them."""
    rows = [(x, float(truth(np.array(x))), 0.0, 0, NAN, NAN) for x in references]
    cheap = np.linspace(-0.5, 2.5, 12)
    rows += [(float(x), float(truth(x)) + 0.2, 0.0, 1, NAN, NAN) for x in cheap]
    return observations(rows, (REFERENCE, BIASED))


def standing(fit: StarFit) -> list[str]:
    return [str(one) for one in trust(fit, X, fit.predict(X).std).standing]


def test_a_place_is_calibrated_among_references_and_extrapolated_beyond_all() -> None:
    """The references lie at 0.5 to 2, the others at -0.5 to 2.5 of a range from -1 to 3."""
    fit = fit_star(sparse((0.5, 1.0, 1.5, 2.0)), seed=1, steps=120)
    assert fit.rule.claim is Claim.CALIBRATED
    assert standing(fit) == ["extrapolated", "interpolated", "calibrated", "extrapolated"]
    found = trust(fit, X, fit.predict(X).std)
    assert found.reference == pytest.approx([1.4 / 4, 0.5 / 4, 0.0, 0.7 / 4])
    assert found.evidence[0] == pytest.approx(0.4 / 4)
    few = fit_star(sparse((0.5, 2.0)), seed=1, steps=120)
    assert standing(few) == ["extrapolated", "interpolated", "interpolated", "extrapolated"]
    none = fit_star(select(sparse((0.5,)), np.arange(1, 13)), seed=1, steps=120)
    assert standing(none) == ["extrapolated", "vague", "vague", "extrapolated"]
    assert np.isinf(trust(none, X, none.predict(X).std).reference).all()


def test_where_measurements_say_little_a_prediction_is_vague() -> None:
    """Far from all, σ is nearly the prior's; a gap as bad as half of that is no interpolation."""
    fit = fit_star(sparse((0.5, 1.0, 1.5, 2.0)), seed=1, steps=120)
    points = np.array([[1e5], [1.0]])
    far, near = trust(fit, points, fit.predict(points).std).relative
    assert far > 0.9
    assert near < 0.01
    wide = np.array([1.0, 0.49 / 0.5, 1.02]) * 0.5 / near * fit.predict(points).std[1]
    said = trust(fit, np.repeat(points[1:], 3, axis=0), wide).standing
    assert list(map(str, said)) == ["calibrated", "calibrated", "vague"]


def test_a_hull_is_that_of_another_library() -> None:
    rng = np.random.default_rng(0)
    measured, points = rng.random((9, 2)), rng.random((500, 2))
    theirs = Delaunay(measured).find_simplex(points) >= 0
    assert np.mean(inside(points, measured) == theirs) > 0.995
    assert inside(measured, measured).all()
    assert inside(np.array([[0.2], [0.5]]), np.array([[0.3], [0.9]])).tolist() == [False, True]
    assert not inside(points, measured[:0]).any()
    assert nearest(measured + 1e-3, measured) == pytest.approx(np.full(9, 1e-3 * np.sqrt(2)))


@pytest.mark.parametrize("nu", [1, 2, 3, 4, 5, 6, 7, 18, None])
def test_central_probabilities_are_those_of_scipy(nu: int | None) -> None:
    theirs = norm if nu is None else t(nu)
    for z in (0.0, 0.3, 1.0, 1.96, -4.0, 12.7):
        assert central_probability(z, nu) == pytest.approx(1 - 2 * theirs.sf(abs(z)), abs=1e-12)


def test_each_reference_is_predicted_from_all_the_others() -> None:
    data = star(references=6)
    fit = replace(fit_star(data, seed=2, steps=120), c2=2.0)
    rows = held_out(fit)
    assert [row.x[0] for row in rows] == pytest.approx(data.x[:6, 0])
    assert [row.value for row in rows] == pytest.approx(data.y[:6].tolist())
    scores = fit.scores()
    errors = np.array([row.value - row.mean for row in rows])
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(scores["rmse"])
    assert np.mean([row.level <= 0.95 for row in rows]) == scores["coverage_95"]
    assert [row.pit for row in rows] == pytest.approx(t(5).cdf([row.z for row in rows]))


def test_a_measurement_unlike_its_own_others_is_doubted_and_a_biased_source_is_not() -> None:
    data = sparse((0.0, 0.5, 1.0, 1.5, 2.0))
    assert doubted(fit_star(data, seed=1, steps=240), 3.0) == []
    y = data.y.copy()
    y[9] += 0.3
    worst = doubted(fit_star(replace(data, y=y), seed=1, steps=240), 2.0)[0]
    assert worst.source == "cheap"
    assert worst.x == pytest.approx(data.x[9].tolist())
    assert worst.z > 2.0
