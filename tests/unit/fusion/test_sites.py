"""Merging, order and refusal of observations."""

from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion.base import Observations
from qtwin.fusion.evidence.merge import merge
from tests.unit.fusion.synthetic import BIASED, DEVICE, NAN, REFERENCE, observations, star


def test_repeats_merge_by_inverse_variance() -> None:
    rows = [(0.5, 1.0, 0.1, 0, 1.0, 0.0), (0.5, 2.0, 0.2, 0, 1.0, 0.0)]
    sites = merge(observations(rows, (DEVICE,)))
    assert sites.var == pytest.approx([1 / (1 / 0.1**2 + 1 / 0.2**2)])
    assert sites.y == pytest.approx([(1.0 / 0.1**2 + 2.0 / 0.2**2) * sites.var[0]])


def test_repeats_that_scatter_far_beyond_their_errors_are_not_believed() -> None:
    rows = [(0.5, 1.0, 0.01, 0, 1.0, 0.0), (0.5, 2.0, 0.01, 0, 1.0, 0.0)]
    sites = merge(observations(rows, (DEVICE,)))
    assert sites.y == pytest.approx([1.5])
    assert np.sqrt(sites.var[0]) == pytest.approx(0.5)  # half the range of the two


def test_gains_and_sources_are_told_apart() -> None:
    rows = [(0.5, 1.0, 0.1, 0, g, 0.0) for g in (1.0, 2.0)] + [(0.5, 1.0, 0.1, 1, NAN, NAN)]
    assert len(merge(observations(rows, (DEVICE, BIASED))).y) == 3


def test_an_exact_repeat_outweighs_noisy_ones() -> None:
    rows = [(0.5, 1.0, 0.0, 0, NAN, NAN), (0.5, 2.0, 0.2, 0, NAN, NAN)]
    sites = merge(observations(rows, (REFERENCE,)))
    assert (sites.y[0], sites.var[0]) == (1.0, 0.0)


def test_exact_repeats_that_differ_are_a_conflict() -> None:
    rows = [(0.5, 1.0, 0.0, 0, NAN, NAN), (0.5, 2.0, 0.0, 0, NAN, NAN)]
    with pytest.raises(ValueError, match="conflict: source 'exact'"):
        merge(observations(rows, (REFERENCE,)))


def test_exact_references_that_differ_are_a_conflict() -> None:
    other = replace(REFERENCE, name="other")
    rows = [(0.5, 1.0, 0.0, 0, NAN, NAN), (0.5, 2.0, 0.0, 1, NAN, NAN)]
    with pytest.raises(ValueError, match="references 'exact', 'other' differ"):
        merge(observations(rows, (REFERENCE, other)))


def _with(data: Observations, name: str, value: float) -> Observations:
    changed = getattr(data, name).copy()
    changed[-1] = value
    return replace(data, **{name: changed})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("y", np.nan, "y has a value that is not finite"),
        ("x", np.inf, "x has a value that is not finite"),
        ("std", -1.0, "std has a negative value: -1.0"),
        ("gain", np.nan, "gain of a device"),
        ("mixed_value", np.inf, "mixed_value"),
        ("source", 4, "source index outside 0 to 3"),
        ("bounds", [3.0, 3.0], "lower < upper"),
    ],
)
def test_malformed_observations_are_refused(name: str, value: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        merge(_with(star(), name, value))


def test_no_observations_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one measurement"):
        merge(observations([], (REFERENCE,)))
