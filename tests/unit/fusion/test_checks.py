"""Observations that no sound answer can come from are refused, and the message says why."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from qtwin.fusion.base import Knob, Observations, ShotGroup
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.evidence.scaling import scale_of
from tests.unit.fusion.synthetic import BIASED, BOUNDS, NAN, REFERENCE, observations, star

STEP = Knob(name="dt", limit=0.0, order=2.0)


def _last(data: Observations, name: str, value: float) -> Observations:
    changed = np.array(getattr(data, name), dtype=np.float64)
    changed[-1] = value
    changes: dict[str, Any] = {name: changed}
    return replace(data, **changes)


def _knobbed(value: float, *knobs: Knob) -> Observations:
    data = star()
    sources = (REFERENCE, replace(BIASED, knobs=knobs), *data.sources[2:])
    values = np.where(data.source == 1, value, NAN)
    return replace(data, sources=sources, knobs={"dt": values})


def _grouped(*groups: tuple[list[int], Any]) -> Observations:
    data = star(std=0.1)
    first = int(np.flatnonzero(data.source == 3)[0])
    found = tuple(
        ShotGroup(rows=np.array(rows, dtype=np.int64) + first, covariance=np.array(covariance))
        for rows, covariance in groups
    )
    return replace(data, groups=found)


PAIR = [[0.01, 0.005], [0.005, 0.01]]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (_last(star(), "y", 1e101), "y has a value too large for this unit: 1e\\+101"),
        (replace(star(), y=1e-101 * star().y), "only values too small for this unit"),
        (_last(star(), "std", 1e-310), "std is too small: 1e-310"),
        (_last(star(), "std", 1e200), "std has a value too large"),
        (_last(star(), "gain", 101.0), "gain has a value above 100: 101.0"),
        (replace(star(), source=star().source.astype(float)), "expected whole numbers"),
        (replace(star(), bounds=np.array([[0.0, 1e-9]])), "widths outside of its bounds"),
        (replace(star(), bounds=1e9 * BOUNDS), "too wide to tell the points apart"),
        (replace(star(), value_bounds=(1.0, -1.0)), "lower < upper: 1.0 and -1.0"),
        (replace(star(), value_bounds=(NAN, 1.0)), "lower < upper: nan"),
        (replace(star(), value_bounds=(5.0, 6.0)), "reference value .* outside of 5.0 to 6.0"),
        (replace(star(), value_bounds=(-1e300, 1e300)), "value_bounds has a value too large"),
        (_knobbed(1e80, STEP), "'dt' of source 'cheap' is too far from its limit"),
        (_knobbed(0.1, STEP, replace(STEP, order=1.0)), "'cheap' has a knob twice"),
        (replace(_knobbed(0.1, STEP), knobs={"dt": np.ones(3)}), "'dt' has shape \\(3,\\)"),
        (_grouped(([0, 1], PAIR), ([1, 2], PAIR)), "a row is in two groups"),
        (_grouped(([], np.zeros((0, 0)))), "has no rows"),
        (_grouped(([0, 1], [[0.01, np.inf], [np.inf, 0.01]])), "not finite"),
    ],
)
def test_what_no_answer_can_come_from_is_refused(data: Observations, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        merge(data)


@pytest.mark.parametrize("other", [0, 1])
def test_references_that_differ_beyond_their_errors_are_a_conflict(other: int) -> None:
    """Whether it is one source or two that said both."""
    sources = (REFERENCE, replace(REFERENCE, name="other"))
    rows = [(0.5, 1.0, 0.01, 0, NAN, NAN), (0.5, 1.3, 0.01, other, NAN, NAN)]
    with pytest.raises(ValueError, match="conflict: reference"):
        merge(observations(rows, sources))
    rows[1] = (0.5, 1.03, 0.01, other, NAN, NAN)
    assert len(merge(observations(rows, sources)).y) == 1 + other


def test_one_value_with_a_large_error_may_be_as_large_as_its_error() -> None:
    data = observations([(0.5, 2.0, 1e6, 0, NAN, NAN)], (REFERENCE,))
    assert scale_of(merge(data), data.value_bounds).factor == 1e6


def test_sharp_values_beside_a_blurred_one_keep_their_scale() -> None:
    rows = [(x, x, 0.0, 0, NAN, NAN) for x in (-1.0, 1.0)]
    data = observations([*rows, (0.0, 0.0, 1e6, 0, NAN, NAN)], (REFERENCE,))
    assert scale_of(merge(data), data.value_bounds).factor == pytest.approx(np.sqrt(2 / 3))


def test_two_references_that_agree_say_little_of_the_scale() -> None:
    rows = [(x, 0.01 * x, 0.0, 0, NAN, NAN) for x in (0.0, 1.0)] + [(0.0, 0.4, 0.0, 1, NAN, NAN)]
    data = observations(rows, (REFERENCE, BIASED))
    assert scale_of(merge(data), data.value_bounds).factor == pytest.approx(np.std(data.y))
