"""Merged sites give what the single observations give, with every feature of the model at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion.base import Observations, ShotGroup
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.evidence.scaling import Scale, standardise
from qtwin.fusion.interval import rule_for
from qtwin.fusion.star.condition import condition
from qtwin.fusion.star.covariance import Problem, problem_of
from qtwin.fusion.star.likelihood import log_likelihood
from qtwin.fusion.star.posterior import StarFit
from tests.unit.fusion.dense import dense
from tests.unit.fusion.rich import rich
from tests.unit.fusion.synthetic import BOUNDS, observations, star

GRID = np.linspace(-1.0, 3.0, 9)[:, None]
UNIT = Scale(shift=0.0, factor=1.0)


def _problem(data: Observations) -> Problem:
    return problem_of(standardise(merge(data), UNIT))


def _theta(problem: Problem, seed: int) -> np.ndarray:
    """Not far from the prior mean, where no source is so exact that the problem is singular."""
    layout = problem.layout
    rng = np.random.default_rng(seed)
    theta: np.ndarray = layout.mean + 0.2 * layout.sigma * rng.standard_normal(len(layout.mean))
    lifted = ["log_amplitude" in name or "log_jitter" in name for name in layout.names]
    theta[np.array(lifted)] = np.maximum(theta[np.array(lifted)], -3.0)
    return theta


def _fit(problem: Problem, theta: np.ndarray) -> StarFit:
    return StarFit(
        sites=problem.sites,
        bounds=BOUNDS,
        value_bounds=(-np.inf, np.inf),
        scale=UNIT,
        factors=condition(problem, theta[None]),
        c2=1.0,
        rule=rule_for(5),
        widening=None,
        seed=0,
    )


def _named(problem: Problem, theta: np.ndarray) -> Mapping[str, float]:
    return dict(zip(problem.layout.names, theta.tolist(), strict=True))


@pytest.mark.parametrize("branches", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_merged_repeats_give_the_posterior_of_the_single_observations(
    seed: int, branches: bool
) -> None:
    """On one branch approximations share an error."""
    data = rich(seed, repeats=2)
    data = data if branches else replace(data, branch=())
    problem = _problem(data)
    assert (problem.layout.shared is None) is branches
    assert len(problem.sites.y) < len(data.y)
    assert problem.sites.shared is not None
    theta = _theta(problem, seed)
    belief, expected = _fit(problem, theta).predict(GRID), dense(data, _named(problem, theta), GRID)
    assert belief.mean == pytest.approx(expected.mean, rel=1e-8, abs=1e-8)
    assert belief.std**2 == pytest.approx(expected.variance, rel=1e-8, abs=1e-8)
    assert belief.budget["shot"] == pytest.approx(expected.shot, rel=1e-7, abs=1e-10)
    assert belief.budget["jitter"] == pytest.approx(expected.jitter, rel=1e-7, abs=1e-10)
    for name, part in expected.bias.items():
        said = belief.budget.get(f"bias:{name}", np.zeros(len(GRID)))
        assert said == pytest.approx(part, rel=1e-7, abs=1e-9), name
    shared = belief.budget.get("shared_bias", np.zeros(len(GRID)))
    assert shared == pytest.approx(expected.shared, rel=1e-7, abs=1e-9)
    assert bool(shared.any()) is not branches


def test_without_repeats_the_likelihood_is_that_of_the_single_observations() -> None:
    data = rich(5)
    problem = _problem(data)
    assert len(problem.sites.y) == len(data.y)
    theta = _theta(problem, 5)
    expected = dense(data, _named(problem, theta), GRID).log_likelihood
    assert log_likelihood(theta, problem) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("seed", range(2))
def test_repeats_move_the_likelihood_by_a_constant(seed: int) -> None:
    """Merging loses the scatter of repeats, which no hyperparameter explains."""
    data = rich(seed, repeats=2)
    problem = _problem(data)
    lost = []
    for draw in range(3):
        theta = _theta(problem, draw)
        whole = dense(data, _named(problem, theta), GRID).log_likelihood
        lost.append(whole - log_likelihood(theta, problem))
    assert lost[1:] == pytest.approx([lost[0]] * 2, abs=1e-6)


def test_more_shots_shrink_the_shot_term_in_proportion() -> None:
    """Of one device with shared shots, at fixed hyperparameters and noise well below the prior."""
    data = star(references=0, gains=(1.0,), std=0.01)
    device = np.flatnonzero(data.source == 3)
    noise = 1e-4 * (np.eye(3) + 0.5 * (1 - np.eye(3)))

    def shot(factor: float) -> np.ndarray:
        group = ShotGroup(rows=np.arange(3), covariance=factor * noise)
        problem = _problem(
            replace(
                observations(_table(data)[device].tolist(), data.sources),
                std=np.sqrt(factor) * data.std[device],
                groups=(group,),
            )
        )
        term: np.ndarray = _fit(problem, problem.layout.mean).predict(GRID).budget["shot"]
        return term

    assert shot(0.5) == pytest.approx(shot(1.0) / 2, rel=0.02)


def _table(data: Observations) -> np.ndarray:
    columns = [data.x, data.y, data.std, data.source, data.gain, data.mixed_value]
    return np.column_stack(columns)
