"""Points of a sweep: lists, grids, Latin hypercubes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.errors import ProgramRejected
from qtwin.campaigns.points import points_of


@dataclass(frozen=True)
class Axis:
    name: str
    lower: float
    upper: float


TWO = [Axis("r", 0.5, 2.5), Axis("angle", 0.0, 180.0)]


def test_a_grid_is_the_product_of_its_axes_the_last_control_fastest() -> None:
    grid = {"angle": [90, 120], "r": {"from": 0.5, "to": 1.5, "count": 3}}
    found = points_of({"grid": grid}, TWO, most=100)
    assert found.tolist() == [list(row) for row in product([0.5, 1.0, 1.5], [90.0, 120.0])]


@given(count=st.integers(1, 60), seed=st.integers(0, 2**32 - 1))
def test_a_latin_hypercube_has_one_point_in_every_stratum_of_every_control(
    count: int, seed: int
) -> None:
    design = {"latin_hypercube": {"count": count, "seed": seed, "bounds": {"r": [1.0, 2.0]}}}
    found = points_of(design, TWO, most=100)
    assert found.shape == (count, 2)
    for column, (low, high) in zip(found.T, [(1.0, 2.0), (0.0, 180.0)], strict=True):
        strata = np.floor((column - low) / (high - low) * count + 1e-9).astype(int)
        assert sorted(strata) == list(range(count))
    assert np.array_equal(found, points_of(design, TWO, most=100))


def test_a_list_may_hold_plain_numbers_where_there_is_one_control() -> None:
    assert points_of([1, 2.5], TWO[:1], most=5).tolist() == [[1.0], [2.5]]
    assert points_of([[1, 2]], TWO, most=5).tolist() == [[1.0, 2.0]]


WRONG: list[tuple[Any, str]] = [
    ([], "/p"),
    ([1.0], "/p/0"),
    ([[1, 2], [True, 2]], "/p/1"),
    ({"grid": {"r": [1]}}, "/p/grid"),
    ({"grid": {"r": [1], "angle": [1], "x": [1]}}, "/p/grid/x"),
    ({"grid": {"r": [], "angle": [1]}}, "/p/grid/r"),
    ({"grid": {"r": {"from": 0, "to": 1}, "angle": [1]}}, "/p/grid/r"),
    ({"grid": {"r": {"from": 0, "to": 1, "count": 1.5}, "angle": [1]}}, "/p/grid/r/count"),
    ({"grid": {"r": {"from": 0, "to": 1, "count": 50}, "angle": [1, 2, 3]}}, "/p/grid"),
    ({"grid": [1]}, "/p/grid"),
    ({"latin_hypercube": {}}, "/p/latin_hypercube"),
    ({"latin_hypercube": {"count": 0}}, "/p/latin_hypercube/count"),
    ({"latin_hypercube": {"count": 10**9}}, "/p/latin_hypercube/count"),
    ({"latin_hypercube": {"count": 3, "seed": -1}}, "/p/latin_hypercube/seed"),
    ({"latin_hypercube": {"count": 3, "bounds": {"r": [2, 1]}}}, "/p/latin_hypercube/bounds/r"),
    ({"latin_hypercube": {"count": 3, "bounds": {"x": [1, 2]}}}, "/p/latin_hypercube/bounds/x"),
    ({"random": 5}, "/p"),
]


@pytest.mark.parametrize(("design", "pointer"), WRONG)
def test_what_is_wrong_is_pointed_at(design: Any, pointer: str) -> None:
    with pytest.raises(ProgramRejected) as refused:
        points_of(design, TWO, most=100, at="/p")
    assert refused.value.field == pointer
