"""Numbers read from shots have the errors that shots have, and a discrepancy is marginalised."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from backends.systems import load
from qtwin.fusion.base import FloatArray
from qtwin.worlds.calibration import CalibrationData
from qtwin.worlds.calibration.likelihood import TAU, Likelihood, _kernel, discrepancy
from qtwin.worlds.calibration.readout import misread
from qtwin.worlds.calibration.statistics import Statistics
from tests.unit.worlds.calibration.test_dynamics import SWEEP

SYSTEM: Any = load(SWEEP)
POINTS = np.array([[-5.0], [20.0], [55.0]])
BOUNDS = np.array([[-20.0, 60.0]])


def chances(seed: int) -> FloatArray:
    return np.random.default_rng(seed).dirichlet(np.ones(8), size=3)


def histograms(counts: Any) -> Statistics:
    data = CalibrationData(points=POINTS, count_points=np.array([0, 2]), counts=counts)
    return Statistics.of(SYSTEM, data)


def both() -> Statistics:
    data = CalibrationData(
        points=POINTS,
        observables=("staggered_density", "density"),
        value_points=np.array([1, 1]),
        values=np.array([0.4, 0.5]),
        covariance=np.array([[4e-4, 1e-4], [1e-4, 9e-4]]),
        count_points=np.array([0, 2]),
        counts=np.array([[100, 0, 0, 0, 0, 0, 0, 0], [0, 20, 0, 0, 20, 60, 0, 0]]),
    )
    return Statistics.of(SYSTEM, data)


def test_a_histogram_is_read_by_densities_and_pairs() -> None:
    observed = both().observed
    assert observed[:2].tolist() == [0.4, 0.5]
    assert observed[2:8].tolist() == [0.0] * 6
    # 001: atom 0, 100: atom 2, 101: both. Pairs are (1, 0), (2, 0), (2, 1).
    assert observed[8:] == pytest.approx([0.8, 0.0, 0.8, 0.0, 0.6, 0.0])


def test_errors_of_densities_and_pairs_are_those_of_multinomial_shots() -> None:
    truth, shots = chances(1), 300
    rng = np.random.default_rng(2)
    statistics = histograms(np.repeat([[shots, 0, 0, 0, 0, 0, 0, 0]], 2, axis=0))
    drawn = np.concatenate(
        [
            rng.multinomial(shots, truth[place], size=4000)
            @ statistics.weights[statistics.places == place].T
            / shots
            for place in (0, 2)
        ],
        axis=1,
    )
    expected = statistics.covariance(truth)
    found = np.cov(drawn, rowvar=False)
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert found / scale == pytest.approx(expected / scale, abs=0.08)


def test_the_marginal_likelihood_is_scipys() -> None:
    statistics, probabilities = both(), chances(3)
    covariance = statistics.covariance(probabilities)
    likelihood = Likelihood.of(statistics, covariance, POINTS, BOUNDS)
    means = statistics.means(probabilities[None])
    kernel = _kernel(statistics, POINTS, BOUNDS)
    for tau in (0.0, 0.01, 0.3):
        whole = covariance + tau**2 * kernel
        expected = stats.multivariate_normal(means[0], whole).logpdf(statistics.observed)
        assert likelihood(means, np.array([tau]))[0] == pytest.approx(expected, rel=1e-9)


def test_a_discrepancy_has_the_median_that_is_told() -> None:
    scores = np.random.default_rng(4).standard_normal(20_001)
    assert np.median(discrepancy(scores)) == pytest.approx(TAU, rel=0.05)


def test_misreading_is_that_of_each_bit() -> None:
    truth = chances(5)[:1]
    found = misread(truth[None], np.array([0.02]), np.array([0.1]))[0, 0]
    one = np.array([[0.98, 0.1], [0.02, 0.9]])
    whole = np.kron(np.kron(one, one), one)
    assert found == pytest.approx(whole @ truth[0])
