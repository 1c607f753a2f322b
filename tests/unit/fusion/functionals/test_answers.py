"""Intervals, seeds and refusals of answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from qtwin.fusion.base import Claim
from qtwin.fusion.factors import Factors
from qtwin.fusion.interval import Rule
from qtwin.fusion.questions.functionals import evaluate
from qtwin.fusion.questions.question import Functional, Kind
from qtwin.fusion.star.condition import condition
from qtwin.fusion.star.covariance import problem_of
from qtwin.fusion.star.posterior import StarFit
from tests.unit.fusion.functionals.truths import ask, curve
from tests.unit.fusion.synthetic import conditioned


def _three_samples(fit: StarFit) -> Factors:
    problem = problem_of(fit.sites)
    return condition(problem, problem.layout.mean + np.array([[0.3], [0.0], [-0.3]]))


def test_few_references_widen_the_interval_as_in_a_prediction(fit: StarFit) -> None:
    few = replace(fit, rule=Rule(claim=Claim.NOMINAL, nu=1, quantile=12.7062, jackknife=False))
    narrow, wide = ask(fit, "area").value, ask(few, "area").value
    assert narrow is not None
    assert wide is not None
    ratio = (wide.upper - wide.lower) / (narrow.upper - narrow.lower)
    assert ratio == pytest.approx(12.7062 / 1.959964, rel=1e-6)
    assert ask(few, "area").claim is Claim.NOMINAL
    position = ask(few, "minimum", within={0: (-0.87, 0.0)}).position[0]
    assert -0.87 <= position.lower <= position.upper <= 0.0


def test_a_value_is_cut_at_the_physical_bounds() -> None:
    bounded = replace(conditioned(curve(4, 0.3)), value_bounds=(-0.5, 0.5))
    found = ask(bounded, "maximum").value
    assert found is not None
    assert found.upper == 0.5
    assert found.mean > 0.5  # draws are not cut


def test_an_answer_is_that_of_its_seed(fit: StarFit) -> None:
    asked = Functional(kind=Kind.MINIMUM)
    assert evaluate(fit, asked, count=50, seed=1) == evaluate(fit, asked, count=50, seed=1)
    assert evaluate(fit, asked, count=50, seed=1) != evaluate(fit, asked, count=50, seed=2)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"kind": "area"}, "2 controls are free"),
        ({"kind": "minimum", "order": 1}, "minimum of a derivative takes one"),
        ({"kind": "minimum", "order": 2}, "order 2"),
        ({"kind": "minimum", "at": {0: 1.0, 1: 20.0}}, "every control is held"),
        ({"kind": "minimum", "at": {2: 1.0}}, "control 2"),
        ({"kind": "minimum", "at": {0: float("nan")}}, "finite"),
        ({"kind": "minimum", "within": {0: (1.0, 3.0)}}, "allowed: a < b between 0.0 and 2.0"),
    ],
)
def test_questions_that_do_not_suit_the_controls_are_refused(
    plane: StarFit, more: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ask(plane, **more)


def test_another_fit_must_share_the_controls(fit: StarFit, plane: StarFit) -> None:
    with pytest.raises(ValueError, match="only a crossing"):
        ask(fit, "minimum", other=fit)
    with pytest.raises(ValueError, match="other controls"):
        ask(fit, "crossing", other=plane)
