"""Covariances assembled block by block are those assembled at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion import blocks
from qtwin.fusion.base import FloatArray
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.evidence.scaling import scale_of, standardise
from qtwin.fusion.star import squares
from qtwin.fusion.star.condition import condition
from qtwin.fusion.star.covariance import Problem, covariance, problem_of, upper_covariance
from qtwin.fusion.star.discrepancy import discrepancy_covariance
from qtwin.fusion.star.shared import shared_covariance, shared_part
from tests.unit.fusion.rich import rich


@pytest.fixture(params=["squares are kept", "squares are made block by block"])
def problem(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Problem:
    """Every feature at once, errors shared by sources with others between them, small blocks."""
    monkeypatch.setattr(blocks, "_ROWS", 5)
    if "block" in request.param:
        monkeypatch.setattr(squares, "_KEPT", 0)
    data = replace(rich(1, repeats=2), branch=())
    sites = merge(data)
    problem = problem_of(standardise(sites, scale_of(sites, data.value_bounds)))
    assert problem.layout.shared is not None
    assert len(problem.layout.shared.runs) > 1
    return problem


def _theta(problem: Problem) -> FloatArray:
    layout = problem.layout
    draw = np.random.default_rng(3).standard_normal(len(layout.mean))
    return np.asarray(layout.mean + 0.3 * layout.sigma * draw)


def test_the_upper_triangle_is_that_of_the_whole(problem: Problem) -> None:
    theta = _theta(problem)
    upper, residual = upper_covariance(theta, problem)
    whole = covariance(theta, problem)
    assert np.triu(upper) == pytest.approx(np.triu(whole.matrix), rel=1e-14)
    assert np.array_equal(residual, whole.residual)


def test_so_are_the_errors_of_sources_and_what_they_share(problem: Problem) -> None:
    theta, layout, sites = _theta(problem), problem.layout, problem.sites
    whole = covariance(theta, problem)
    for s, (index, part) in enumerate(zip(layout.sources, whole.parts, strict=True)):
        own = 1.0 - shared_part(theta, layout, s)
        found = discrepancy_covariance(theta, index, sites, problem.squares, own)
        assert (found is None) is (part is None)
        if found is not None and part is not None:
            assert np.array_equal(found, part.covariance)
    assert layout.shared is not None
    assert whole.shared is not None
    common = shared_covariance(theta, layout, layout.shared, sites, problem.shared_squares)
    assert np.array_equal(common, whole.shared.covariance)


def test_a_factor_that_takes_the_place_of_the_covariance_is_its_factor(problem: Problem) -> None:
    theta = _theta(problem)
    factors = condition(problem, theta[None], invert=False)
    root, whole = factors.root[0], covariance(theta, problem).matrix
    assert root.flags.f_contiguous
    assert np.array_equal(root, np.tril(root))
    assert root @ root.T == pytest.approx(whole, rel=1e-10, abs=1e-12)
    assert whole @ factors.alpha[0] == pytest.approx(covariance(theta, problem).residual, abs=1e-6)


def test_a_covariance_that_is_not_definite_gets_a_nugget_there_too(
    problem: Problem, caplog: pytest.LogCaptureFixture
) -> None:
    """As if there were less noise than none."""
    theta, sites = _theta(problem), problem.sites
    least = float(np.linalg.eigvalsh(covariance(theta, problem).matrix)[0])
    broken = problem_of(replace(sites, var=sites.var - least - 1e-6))
    factors = condition(broken, theta[None], invert=False)
    assert "not positive definite" in caplog.text
    kept = condition(broken, theta[None])
    assert factors.inverse(0) == pytest.approx(kept.root[0], rel=1e-6, abs=1e-6)
