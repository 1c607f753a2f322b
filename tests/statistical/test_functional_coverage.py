"""Position and area cover truths that are drawn from the prior, at known hyperparameters."""

from __future__ import annotations

import numpy as np
import pytest

from qtwin.fusion.base import FloatArray, Observations, Role, SourceSpec
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.questions.functionals import Answer, evaluate
from qtwin.fusion.questions.question import Functional, Kind
from qtwin.fusion.star.covariance import covariance, problem_of
from qtwin.fusion.star.posterior import StarFit
from tests.unit.fusion.synthetic import conditioned

SEEDS = 300
BOUNDS = np.array([[0.0, 1.0]])
FINE = np.linspace(0.0, 1.0, 241)
NOISE = 0.1
SOURCES = (
    SourceSpec(name="measured", role=Role.REFERENCE),
    SourceSpec(name="true", role=Role.REFERENCE),
)
ALLOWED = 3.5 * np.sqrt(0.95 * 0.05 / SEEDS)


def _observed(x: FloatArray, y: FloatArray, std: FloatArray, source: FloatArray) -> Observations:
    return Observations(
        x=x[:, None],
        bounds=BOUNDS,
        y=y,
        std=std,
        source=source.astype(np.int64),
        sources=SOURCES,
        gain=np.full(len(x), np.nan),
        mixed_value=np.full(len(x), np.nan),
    )


def _ask(fit: StarFit, kind: Kind, seed: int) -> Answer:
    return evaluate(fit, Functional(kind=kind), count=400, seed=seed, grid=65)


@pytest.fixture(scope="module")
def trials() -> list[tuple[FloatArray, Answer, Answer]]:
    """A truth on the fine grid, and what the twin of seven noisy points says of it."""
    points = np.linspace(0.0, 1.0, 7)
    where = np.concatenate([points + 1e-4, FINE])
    source = np.repeat([0.0, 1.0], [len(points), len(FINE)])
    std = np.where(source == 0.0, NOISE, 0.0)
    design = merge(_observed(where, np.zeros(len(where)), std, source))
    problem = problem_of(design)
    root = np.linalg.cholesky(covariance(problem.layout.mean, problem).matrix)
    measured = design.source == 0
    made = []
    for seed in range(SEEDS):
        y = root @ np.random.default_rng(seed).standard_normal(len(root))
        data = _observed(
            design.x[measured, 0], y[measured], np.full(len(points), NOISE), np.zeros(len(points))
        )
        fit = conditioned(data)
        made.append((y[~measured], _ask(fit, Kind.MINIMUM, seed), _ask(fit, Kind.AREA, seed)))
    return made


def _area(truth: FloatArray) -> float:
    """Simpson's rule."""
    weights = np.r_[1.0, np.tile([4.0, 2.0], 120)[:-1], 1.0]
    return float(weights @ truth / 720.0)


def test_the_area_is_covered(trials: list[tuple[FloatArray, Answer, Answer]]) -> None:
    z = np.array([(_area(truth) - a.value.mean) / a.value.std for truth, _, a in trials if a.value])
    inside = [a.value.lower <= _area(truth) <= a.value.upper for truth, _, a in trials if a.value]
    assert len(z) == SEEDS
    assert np.mean(inside) == pytest.approx(0.95, abs=ALLOWED)
    assert np.sqrt(np.mean(z**2)) == pytest.approx(1.0, abs=3.5 / np.sqrt(2 * SEEDS))


def test_the_minimum_and_its_position_are_covered(
    trials: list[tuple[FloatArray, Answer, Answer]],
) -> None:
    """A position that may be on a bound has atoms there, which an interval can only over-cover."""
    step = FINE[1] / 2
    places, values = [], []
    for truth, found, _ in trials:
        place = found.position[0]
        at = FINE[truth.argmin()]
        places.append(place.lower - step <= at <= place.upper + step)
        assert found.value is not None
        values.append(found.value.lower <= truth.min() <= found.value.upper)
    assert 0.95 - ALLOWED <= np.mean(places) <= 0.99
    assert np.mean(values) == pytest.approx(0.95, abs=ALLOWED)
    bound = np.mean([truth.argmin() in (0, len(FINE) - 1) for truth, _, _ in trials])
    said = np.mean([found.at_bound for _, found, _ in trials])
    assert said == pytest.approx(bound, abs=3.5 * np.sqrt(0.25 / SEEDS))


def test_positions_are_uniform_within_their_spread(
    trials: list[tuple[FloatArray, Answer, Answer]],
) -> None:
    """Of the minima that no draw puts on a bound: mean square z is near one."""
    z = [
        (FINE[truth.argmin()] - found.position[0].mean) / found.position[0].std
        for truth, found, _ in trials
        if found.at_bound == 0.0
    ]
    assert len(z) > 50
    assert np.sqrt(np.mean(np.square(z))) == pytest.approx(1.0, abs=0.25)
