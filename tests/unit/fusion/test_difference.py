"""The difference of two fits, where it is known what it must be."""

import json
from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion import fit_star
from qtwin.fusion.base import Observations
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.evidence.scaling import standardise
from qtwin.fusion.questions.difference import Evidence, difference, grid
from qtwin.fusion.star.condition import condition
from qtwin.fusion.star.covariance import problem_of
from qtwin.fusion.star.posterior import StarFit, load_fit
from tests.unit.fusion.synthetic import BOUNDS, star

OUTLIER = 4  # a reference


def _part(data: Observations, kept: np.ndarray) -> Observations:
    names = ("x", "y", "std", "source", "gain", "mixed_value")
    return replace(data, **{name: getattr(data, name)[kept] for name in names})


@pytest.fixture(scope="module")
def fits() -> tuple[Evidence, Evidence]:
    """The same hyperparameters without and with one reference."""
    data = star()
    fit = fit_star(data, steps=80, keep=4, restarts=1)
    kept = np.flatnonzero(np.arange(len(data.y)) != OUTLIER)
    fewer = _part(data, kept)
    problem = problem_of(standardise(merge(fewer), fit.scale))
    before = replace(fit, sites=problem.sites, factors=condition(problem, fit.factors.theta))
    return (
        Evidence(fit=before, data=fewer, blocks=[]),
        Evidence(fit=fit, data=data, blocks=[np.array([0]), np.array([OUTLIER])]),
    )


def test_one_new_measurement_at_the_same_hyperparameters_is_the_whole_difference(
    fits: tuple[Evidence, Evidence],
) -> None:
    said = difference(*fits)
    largest, added = said["largest"], said["added"][1]
    assert abs(largest["sigmas"]) > 0.01
    assert added["sigmas"] == pytest.approx(largest["sigmas"], rel=1e-6)
    assert added["at"] == largest["at"]
    by = largest["after"]["mean"] - largest["before"]["mean"]
    assert added["by"] == pytest.approx(by, rel=1e-6)
    assert added["rms"] == pytest.approx(said["rms"], rel=1e-6)
    json.dumps(said, allow_nan=False)


def test_taking_it_back_is_the_opposite(fits: tuple[Evidence, Evidence]) -> None:
    before, after = fits
    back = difference(replace(after, blocks=[np.array([OUTLIER])]), before)
    at = back["removed"][0]["at"]
    assert back["removed"][0]["by"] == pytest.approx(-_gained(fits, at))
    assert back["std_ratio"]["highest"] > 1.0


def _gained(fits: tuple[Evidence, Evidence], at: list[float]) -> float:
    before, after = (one.fit.predict(np.array([at])).mean[0] for one in fits)
    return float(after - before)


def test_a_fit_does_not_differ_from_itself(fits: tuple[Evidence, Evidence]) -> None:
    one = replace(fits[1], blocks=[])
    said = difference(one, one)
    assert (said["largest"]["sigmas"], said["rms"]) == (0.0, 0.0)
    assert set(said["std_ratio"].values()) == {1.0}
    assert said["added"] == said["removed"] == []


@pytest.mark.parametrize("dimensions", [1, 2, 4])
def test_a_grid_fills_the_range(dimensions: int) -> None:
    bounds = np.repeat(BOUNDS, dimensions, axis=0)
    points = grid(bounds)
    assert points.shape[1] == dimensions
    assert points.min() >= bounds.min()
    assert points.max() <= bounds.max()
    for axis in range(dimensions):
        gaps = np.diff(np.sort(np.r_[points[:, axis], bounds[axis]]))
        assert gaps.max() < 6.0 / len(points) * np.ptp(bounds[axis])


def test_stored_fits_compare_as_new_ones(fits: tuple[Evidence, Evidence]) -> None:
    stored = tuple(replace(one, fit=load_fit(one.fit.to_bytes())) for one in fits)
    assert isinstance(stored[0].fit, StarFit)
    assert difference(*stored) == difference(*fits)
