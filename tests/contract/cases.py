"""A small system for each backend, with points that it can be asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from backends.schema import Experiment
from tests.unit.backends.conftest import H2

ISING: dict[str, Any] = {
    "kind": "spin_lattice",
    "schema_version": 1,
    "model": "ising",
    "geometry": "chain",
    "sites": 4,
    "parameters": {"hx": "field"},
    "controls": [
        {"name": "field", "label": "Field", "unit": "dimensionless", "lower": 0.3, "upper": 2.5}
    ],
}
SPIN_BACKENDS = {"exact"}
POINTS = np.array([[0.6], [0.7414], [1.3], [2.1]])


def system_of(backend: str) -> dict[str, Any]:
    """The document of a system that the backend takes; molecules unless it is listed."""
    return ISING if backend in SPIN_BACKENDS else H2


def experiment_of(backend: str, method: str, **changes: Any) -> Experiment:
    """An experiment at four points on one control."""
    system = system_of(backend)
    plain = Experiment(
        system=system,
        method=method,
        controls=(system["controls"][0]["name"],),
        points=POINTS,
        observables=("energy",),
    )
    return replace(plain, **changes)
