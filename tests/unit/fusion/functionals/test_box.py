"""Minima of two controls, and the draws that they are found on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion.questions.functions import Functions
from qtwin.fusion.star.posterior import StarFit
from tests.unit.fusion.functionals.test_answers import _three_samples
from tests.unit.fusion.functionals.truths import ask, near


def test_the_minimum_of_a_box_is_found_between_the_data(plane: StarFit) -> None:
    found = ask(plane, "minimum", count=200)
    assert found.value is not None
    assert near(found.position[0], 0.8, within=0.1)
    assert near(found.position[1], 20.0, within=0.8)
    assert near(found.value, -1.0, within=0.02)
    assert found.at_bound == 0.0
    top = ask(plane, "maximum", count=100)
    assert top.at_bound == 1.0
    assert (top.position[0].mean, top.position[1].mean) == (2.0, 40.0)


def test_a_box_and_a_line_agree_where_the_box_is_thin(plane: StarFit) -> None:
    """Least at v = -0.4 u, here u = 0.7: at 20 - 2.8."""
    line = ask(plane, "minimum", at={0: 1.5})
    thin = ask(plane, "minimum", within={0: (1.4999, 1.5)}, count=200)
    assert line.value is not None
    assert thin.value is not None
    assert near(line.position[1], 17.2, within=0.5)
    assert thin.position[1].mean == pytest.approx(line.position[1].mean, abs=0.2)
    assert thin.value.mean == pytest.approx(line.value.mean, abs=4 * line.value.std)
    assert set(line.position) == {1}


def test_continued_draws_pass_through_their_values(plane: StarFit) -> None:
    noisy = replace(plane, c2=2.0)
    rng = np.random.default_rng(0)
    design = rng.random((150, 2))
    functions = Functions.draw(noisy, design, count=20, rng=rng)
    again = functions(np.broadcast_to(design, (20, 150, 2)), np.zeros(20, dtype=np.int64))
    assert np.abs(again - functions.drawn).max() < 1e-3 * functions.drawn.std(axis=0).mean()


def test_draws_are_as_fast_near_a_point_and_the_same(plane: StarFit) -> None:
    """The part that is linear there departs in the square of the distance."""
    noisy = replace(plane, factors=_three_samples(plane), c2=2.0)
    rng = np.random.default_rng(0)
    functions = Functions.draw(noisy, rng.random((60, 2)), count=9, rng=rng)
    centre, nothing = rng.uniform(0.2, 0.8, (9, 2)), np.zeros(9, dtype=np.int64)
    look = functions.around(centre, nothing, np.array([0, 1]))
    gaps = []
    for h in (0.02, 0.01):
        x = centre[:, None] + h * np.array([[1.0, 0.0], [0.0, 1.0], [0.7, -0.7]])
        gaps.append(np.abs(look(x) - functions(x, nothing)).max())
    assert look(centre[:, None]) == pytest.approx(functions(centre[:, None], nothing), abs=1e-9)
    assert gaps[0] < 0.02 * functions.drawn.std()
    assert gaps[0] / gaps[1] == pytest.approx(4.0, rel=0.3)
