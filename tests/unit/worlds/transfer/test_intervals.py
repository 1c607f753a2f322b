"""Intervals: closed forms, other programs, and how often they hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from qtwin.worlds.transfer.intervals import Interval, bootstrap, over_truths, student, wilson
from qtwin.worlds.transfer.recovered import difference, ratio


def test_students_interval_is_scipys() -> None:
    values = np.random.default_rng(0).normal(size=9)
    found = student(values)
    expected = stats.t.interval(0.95, 8, loc=values.mean(), scale=stats.sem(values))
    assert (found.lower, found.upper) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("successes", "shots"), [(0, 10), (3, 10), (10, 10), (412, 1000)])
def test_wilsons_interval_is_scipys(successes: int, shots: int) -> None:
    expected = stats.binomtest(successes, shots).proportion_ci(method="wilson")
    found = wilson(successes, shots)
    assert found.lower == pytest.approx(expected.low, abs=1e-14)
    assert found.upper == pytest.approx(expected.high, rel=1e-12)


def held(intervals: list[Interval], truth: float) -> float:
    return float(np.mean([each.lower <= truth <= each.upper for each in intervals]))


def test_the_bootstrap_holds_the_mean_of_few_skewed_values() -> None:
    """Of 200 intervals 95 % +- 6.2 % (four sigmas), less 2 % for the skewness of Beta(5, 2)."""
    rng = np.random.default_rng(1)
    found = [bootstrap(rng.beta(5, 2, 12), seed=n) for n in range(200)]
    assert 0.869 <= held(found, 5 / 7) <= 0.995


def test_alike_episodes_of_one_truth_do_not_narrow_the_interval() -> None:
    """15 truths of 8 episodes: by truths 95 % +- 6.2 %; taken as 120 numbers far fewer."""
    rng = np.random.default_rng(2)
    truths, right, naive = np.repeat(np.arange(15), 8), [], []
    for n in range(200):
        values = rng.normal(0, 1, 15)[truths] + rng.normal(0, 0.5, 120)
        right.append(over_truths(values, truths, seed=n))
        naive.append(student(values))
    assert 0.888 <= held(right, 0.0) < 1.0
    assert held(naive, 0.0) < 0.75


def test_the_difference_of_two_shares_is_newcombes() -> None:
    """Table II of Newcombe (1998), example (a), method 10: 56/70 - 48/80 is 0.0524 to 0.3339."""
    found = difference(wilson(56, 70), wilson(48, 80))
    assert (found.value, found.lower, found.upper) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_the_ratio_of_two_means_is_fiellers() -> None:
    """For symmetric intervals the method is Fieller's, whose limits are roots of a quadratic."""
    z, (a, sa), (b, sb) = 1.959964, (3.0, 0.4), (2.0, 0.2)
    found = ratio(
        Interval(value=a, lower=a - z * sa, upper=a + z * sa, method=""),
        Interval(value=b, lower=b - z * sb, upper=b + z * sb, method=""),
    )
    roots = np.sort(np.roots([b * b - (z * sb) ** 2, -2 * a * b, a * a - (z * sa) ** 2]))
    assert found is not None
    assert (found.lower, found.upper) == pytest.approx(tuple(roots), rel=1e-12)


def test_a_ratio_to_what_may_be_zero_is_none() -> None:
    one = Interval(value=1, lower=0.5, upper=1.5, method="")
    assert ratio(one, Interval(value=0.1, lower=-0.1, upper=0.3, method="")) is None
    negative = ratio(one, Interval(value=-2.0, lower=-2.5, upper=-1.5, method=""))
    assert negative is not None
    assert negative.lower < negative.value == -0.5 < negative.upper < 0


def test_values_of_which_nothing_can_be_said_are_refused() -> None:
    with pytest.raises(ValueError, match="two or more"):
        bootstrap(np.ones(1))
    with pytest.raises(ValueError, match="not finite"):
        student(np.array([1.0, np.nan]))
    with pytest.raises(ValueError, match="11 of 10 shots"):
        wilson(11, 10)
