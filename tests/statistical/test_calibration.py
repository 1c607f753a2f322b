"""Hamiltonian learning over many synthetic data sets: ranks are even, intervals hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from backends.systems import load
from qtwin.worlds.calibration import CalibrationData, Effort, Prior, calibratable, calibrate
from qtwin.worlds.calibration.dynamics import Dynamics
from qtwin.worlds.calibration.likelihood import _kernel, discrepancy
from qtwin.worlds.calibration.readout import misread
from qtwin.worlds.calibration.statistics import Statistics

pytestmark = pytest.mark.slow

PAIR: dict[str, Any] = {
    "kind": "rydberg_array",
    "schema_version": 1,
    "geometry": "chain",
    "atoms": 2,
    "spacing": 7.5,
    "rabi": {"times": [0, 0.2, 0.8, 1.0], "values": [0, 15, 15, 0]},
    "detuning": {"times": [0, 0.2, 0.8, 1.0], "values": [-20, -20, "final", "final"]},
    "state": {"kind": "evolved"},
    "controls": [{"name": "final", "label": "D", "unit": "rad/us", "lower": -20, "upper": 60}],
}
PRIORS = {
    "rabi_scale": Prior.normal(1.0, 0.03),
    "detuning_offset": Prior.normal(0.0, 1.0),
    "c6_scale": Prior.normal(1.0, 0.05),
    "dephasing": Prior.normal(0.0, 0.1, bounds=(0.0, np.inf)),
    "false_excited": Prior.normal(0.01, 0.02, bounds=(0.0, 0.4)),
    "false_ground": Prior.normal(0.08, 0.03, bounds=(0.0, 0.4)),
}
POINTS = np.linspace(-20, 60, 11)[:, None]
SYSTEM = calibratable(load(PAIR))
EFFORT = Effort(particles=200, populations=2, moves=6, rounds=2, checked=1)
SETS, SHOTS, STD = 100, 1000, 0.01


def truth(rng: np.random.Generator) -> np.ndarray[Any, Any]:
    scores = rng.standard_normal((1, len(PRIORS)))
    return np.array([p.value(scores[:, i])[0] for i, p in enumerate(PRIORS.values())])


def read(parameters: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Probabilities of bit strings at all settings."""
    there = Dynamics.of(SYSTEM, POINTS, tuple(PRIORS)[:4])(parameters[None, :4])
    seen: np.ndarray[Any, Any] = misread(there, parameters[None, 4], parameters[None, 5])[0]
    return seen


def values(rng: np.random.Generator, parameters: np.ndarray[Any, Any]) -> CalibrationData:
    """Two observables with errors and a discrepancy, as the model has them."""
    names = ("density",) * len(POINTS) + ("density_correlation",) * len(POINTS)
    places = np.tile(np.arange(len(POINTS)), 2)
    covariance = STD**2 * np.eye(len(names))
    empty = CalibrationData(
        points=POINTS, observables=names, value_points=places,
        values=np.zeros(len(names)), covariance=covariance,
    )  # fmt: skip
    statistics = Statistics.of(SYSTEM, empty)
    tau = float(discrepancy(rng.standard_normal(1))[0])
    kernel = _kernel(statistics, POINTS, np.array([[-20.0, 60.0]]))
    errors = rng.multivariate_normal(np.zeros(len(names)), covariance + tau**2 * kernel)
    return CalibrationData(
        points=POINTS, observables=names, value_points=places,
        values=statistics.means(read(parameters)[None])[0] + errors, covariance=covariance,
    )  # fmt: skip


def test_truths_rank_evenly_and_intervals_hold() -> None:
    rng = np.random.default_rng(21)
    shares, inside = [], 0
    for number in range(SETS):
        parameters = truth(rng)
        found = calibrate(PAIR, values(rng, parameters), PRIORS, number, effort=EFFORT)
        shares.append((found.draws < parameters).mean(axis=0))
        lower, upper = np.quantile(found.draws, [0.05, 0.95], axis=0)
        inside += int(np.sum((lower <= parameters) & (parameters <= upper)))
    for name, column in zip(PRIORS, np.array(shares).T, strict=True):
        assert stats.kstest(column, "uniform").pvalue > 1e-3, name
    assert stats.binomtest(inside, SETS * len(PRIORS), 0.9).pvalue > 1e-3


def test_intervals_from_shots_hold() -> None:
    rng = np.random.default_rng(22)
    inside = 0
    for number in range(SETS):
        parameters = truth(rng)
        counts = np.array([rng.multinomial(SHOTS, p / p.sum()) for p in read(parameters)])
        data = CalibrationData(points=POINTS, count_points=np.arange(len(POINTS)), counts=counts)
        found = calibrate(PAIR, data, PRIORS, number, effort=EFFORT)
        lower, upper = np.quantile(found.draws, [0.05, 0.95], axis=0)
        inside += int(np.sum((lower <= parameters) & (parameters <= upper)))
    # The discrepancy that the model allows, and these data do not have, may only widen.
    assert inside / (SETS * len(PRIORS)) > 0.87
