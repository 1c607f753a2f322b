"""The likelihood and its gradient."""

from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.evidence.scaling import scale_of, standardise
from qtwin.fusion.star.covariance import Problem, problem_of
from qtwin.fusion.star.likelihood import log_likelihood, negative_log_posterior
from tests.unit.fusion.rich import rich
from tests.unit.fusion.synthetic import star


def _problem(gains: tuple[float, ...]) -> Problem:
    data = star(gains=gains)
    sites = merge(data)
    return problem_of(standardise(sites, scale_of(sites, data.value_bounds)))


def _agrees(problem: Problem, seed: int) -> None:
    """Analytic gradient and central differences at a random draw near the prior mean."""
    layout = problem.layout
    rng = np.random.default_rng(seed)
    theta = layout.mean + 0.3 * layout.sigma * rng.standard_normal(len(layout.mean))
    gradient = negative_log_posterior(theta, problem)[1]
    step = 1e-5
    for i, name in enumerate(layout.names):
        unit = step * np.eye(len(theta))[i]
        ahead = negative_log_posterior(theta + unit, problem)[0]
        behind = negative_log_posterior(theta - unit, problem)[0]
        scale = max(1.0, float(np.abs(gradient).max()))
        assert (ahead - behind) / (2 * step) == pytest.approx(gradient[i], abs=2e-6 * scale), name


@pytest.mark.parametrize("gains", [(1.0,), (1.0, 2.0, 3.0)])
@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_agrees_with_finite_differences(gains: tuple[float, ...], seed: int) -> None:
    _agrees(_problem(gains), seed)


@pytest.mark.parametrize("seed", range(3))
def test_so_it_does_with_every_feature_at_once(seed: int) -> None:
    data = rich(seed, repeats=2)
    sites = merge(data)
    problem = problem_of(standardise(sites, scale_of(sites, data.value_bounds)))
    names = " ".join(problem.layout.names)
    assert all(name in names for name in ("log_epoch", "log_own", "log_knob.dt", "log_knob.bond"))
    assert sites.shared is not None
    assert sites.mixed_unknown.any()
    assert len(set(sites.branch.tolist())) > 1
    _agrees(problem, seed)


@pytest.mark.parametrize("seed", range(3))
def test_so_it_does_where_approximations_with_others_between_them_share_an_error(seed: int) -> None:
    data = replace(rich(seed, repeats=2), branch=())
    sites = merge(data)
    problem = problem_of(standardise(sites, scale_of(sites, data.value_bounds)))
    shared = problem.layout.shared
    assert shared is not None
    assert len(shared.runs) == 2
    _agrees(problem, seed)


def test_the_posterior_is_the_likelihood_and_the_prior() -> None:
    problem = _problem((1.0, 2.0))
    theta = problem.layout.mean + 0.1 * problem.layout.sigma
    z2 = 0.1**2 * len(theta)
    value = negative_log_posterior(theta, problem)[0]
    assert value == pytest.approx(0.5 * z2 - log_likelihood(theta, problem), rel=1e-12)
