"""Simulation-based calibration: truths drawn from the prior rank evenly among posterior draws.

Talts et al., arXiv:1804.06788. The data are drawn from the whole model, discrepancy included; the
test of many data sets of a chain is `tests/statistical/test_calibration.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from backends.systems import load
from qtwin.worlds.calibration import Effort, calibrate
from qtwin.worlds.calibration.likelihood import _kernel, discrepancy
from qtwin.worlds.calibration.statistics import Statistics
from tests.unit.worlds.calibration.rabi import PRIORS, RABI, TIMES, excited, values

SETS, STD = 20, 0.02
EFFORT = Effort(particles=80, populations=2, moves=4, rounds=1, checked=1)


def test_truths_of_the_prior_rank_evenly() -> None:
    rng = np.random.default_rng(11)
    system: Any = load(RABI)
    statistics = Statistics.of(system, values(TIMES, STD))
    kernel = _kernel(statistics, TIMES[:, None], np.array([[0.0, 2.0]]))
    shares, inside = [], 0
    for number in range(SETS):
        scores = rng.standard_normal((1, len(PRIORS) + 1))
        truth = np.array([p.value(scores[:, i])[0] for i, p in enumerate(PRIORS.values())])
        tau = float(discrepancy(scores[:, -1])[0])
        errors = rng.multivariate_normal(
            np.zeros(len(TIMES)), STD**2 * np.eye(len(TIMES)) + tau**2 * kernel
        )
        data = values(excited(*truth) + errors, STD)
        found = calibrate(RABI, data, PRIORS, number, effort=EFFORT)
        shares.append((found.draws < truth).mean(axis=0))
        lower, upper = np.quantile(found.draws, [0.05, 0.95], axis=0)
        inside += int(np.sum((lower <= truth) & (truth <= upper)))
    for column in np.array(shares).T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3
    assert stats.binomtest(inside, SETS * len(PRIORS), 0.9).pvalue > 1e-3
