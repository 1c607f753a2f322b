"""A driven two-level atom, in closed form: ``p_1 = (W / R)**2 sin(R t / 2)**2``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qtwin.worlds.calibration import CalibrationData, Prior

Floats = NDArray[np.float64]

OMEGA, DELTA = 4.0, 3.0
TIMES = np.linspace(0.1, 2.0, 12)
RABI: dict[str, Any] = {
    "kind": "rydberg_array",
    "schema_version": 1,
    "geometry": "chain",
    "atoms": 1,
    "spacing": 6,
    "rabi": OMEGA,
    "detuning": DELTA,
    "state": {"kind": "evolved", "initial": "0", "time": "t"},
    "controls": [{"name": "t", "label": "Time", "unit": "us", "lower": 0, "upper": 2}],
}
PRIORS = {
    "rabi_scale": Prior.normal(1.0, 0.05),
    "detuning_offset": Prior.normal(0.0, 0.5),
    "false_ground": Prior.normal(0.05, 0.03, bounds=(0.0, 0.4)),
}


def excited(scale: Any, offset: Any, misread: Any, times: Floats = TIMES) -> Any:
    """Probability to read 1."""
    rabi, detuning = OMEGA * scale, DELTA + offset
    total = np.sqrt(rabi**2 + detuning**2)
    return (1 - misread) * (rabi / total) ** 2 * np.sin(total * times / 2) ** 2


def shots(chances: Floats, count: int, rng: np.random.Generator) -> CalibrationData:
    """Histograms drawn from probabilities to read 1."""
    ones = rng.binomial(count, chances)
    return CalibrationData(
        points=TIMES[:, None],
        count_points=np.arange(len(TIMES)),
        counts=np.stack([count - ones, ones], axis=1),
    )


def values(measured: Floats, std: float) -> CalibrationData:
    """Mean densities with independent errors."""
    return CalibrationData(
        points=TIMES[:, None],
        observables=("density",) * len(TIMES),
        value_points=np.arange(len(TIMES)),
        values=measured,
        covariance=np.eye(len(TIMES)) * std**2,
    )
