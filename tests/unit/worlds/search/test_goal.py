"""Answers and errors of curves that are known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from qtwin.fusion.base import FloatArray
from qtwin.worlds.search.goal import Goal, Kind
from qtwin.worlds.search.grid import grid_of, nearest, refined

GRID = grid_of(65, 1)
X = GRID[:, 0]


def _answer(goal: Goal, curve: FloatArray, level: float = 0.0) -> float:
    return float(goal.answer(curve[None], GRID, level)[0, 0])


def _error(goal: Goal, truth: FloatArray, place: float, level: float = 0.0) -> float:
    answer = np.array([[place]])
    return float(goal.error(truth[None], answer, nearest(GRID, answer), GRID, level)[0])


def test_the_regret_of_a_parabola_is_the_square_of_the_distance() -> None:
    curve = (X - 0.25) ** 2
    low, high = (Goal(kind=kind, tolerance=0.1) for kind in (Kind.MINIMUM, Kind.MAXIMUM))
    assert _answer(low, curve) == 0.25
    assert _error(low, curve, 0.5) == pytest.approx(0.0625)
    assert _answer(high, curve) == 1.0
    assert _error(high, curve, 0.5) == pytest.approx(0.75**2 - 0.25**2)


def test_a_target_is_missed_by_what_the_curve_is_off_its_level() -> None:
    goal = Goal(kind=Kind.TARGET, tolerance=0.1, level=0.5)
    assert _answer(goal, 2.0 * X, 0.5) == 0.25
    assert _error(goal, 2.0 * X, 0.5, 0.5) == pytest.approx(0.5)
    out_of_reach = _error(goal, 2.0 * X, 0.5, level=3.0)
    assert out_of_reach == pytest.approx(1.0)


@pytest.mark.parametrize("centre", [0.2, 0.437, 0.71])
def test_a_sigmoid_is_steepest_at_its_centre(centre: float) -> None:
    goal = Goal(kind=Kind.TRANSITION, tolerance=0.01)
    falling = -np.tanh((X - centre) / 0.2)
    assert _answer(goal, falling) == pytest.approx(centre, abs=5e-4)
    assert _error(goal, falling, centre + 0.1) == pytest.approx(0.1, abs=1e-3)


def test_the_steepest_place_may_lie_at_the_end() -> None:
    assert _answer(Goal(kind=Kind.TRANSITION, tolerance=0.01), X**3) == pytest.approx(1 - 0.5 / 64)


def test_a_crossing_is_found_between_grid_points_and_the_first_counts() -> None:
    goal = Goal(kind=Kind.TRANSITION, tolerance=0.01, level=0.3)
    assert _answer(goal, X, 0.3) == pytest.approx(0.3)
    assert _answer(goal, np.sin(2 * np.pi * X), 0.5) == pytest.approx(1 / 12, abs=1e-3)
    assert _answer(goal, X, 2.0) == 1.0


@pytest.mark.parametrize("points", [9, 65, 100])
def test_a_refined_order_has_every_point_once_and_is_spread_from_the_beginning(points: int) -> None:
    order = refined(points, 1)
    assert sorted(order) == list(range(points))
    assert order[:2].tolist() == [0, points - 1]
    beginning = np.sort(order[:9])
    assert np.ptp(np.diff(beginning)) <= 1
