"""Intervals and tests against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from qtwin.qml.accuracy import Accuracy, difference


@pytest.mark.parametrize(("right", "points"), [(0, 5), (5, 5), (37, 40), (1, 1)])
def test_the_interval_is_scipys_wilson(right: int, points: int) -> None:
    ours = Accuracy(right=right, points=points)
    theirs = binomtest(right, points).proportion_ci(method="wilson")
    assert (ours.lower, ours.upper) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_a_difference_is_that_of_the_points_with_its_exact_test() -> None:
    one = np.array([1.0] * 30 + [0.0] * 10)
    other = np.array([1.0] * 20 + [0.0] * 18 + [1.0] * 2)
    found = difference(one, other, np.random.default_rng(1))
    assert found.value == pytest.approx(one.mean() - other.mean())
    assert found.p == pytest.approx(binomtest(2, 12).pvalue)
    std = np.std(one - other) / np.sqrt(40)
    assert found.upper - found.lower == pytest.approx(2 * 1.96 * std, rel=0.1)
    assert found.lower < found.value < found.upper


def test_no_points_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one point"):
        Accuracy(right=0, points=0)
    with pytest.raises(ValueError, match="the same points"):
        difference(np.ones(2), np.ones(3), np.random.default_rng(0))
