"""The sweep of the performance design: 200 points of a circuit of eight qubits."""

from __future__ import annotations

from typing import Any

import numpy as np

from backends.schema import Experiment
from backends.schema.experiment import FloatArray

SITES, STEPS = 8, 4
SYSTEM: dict[str, Any] = {
    "kind": "spin_lattice",
    "schema_version": 1,
    "model": "ising",
    "geometry": "chain",
    "sites": SITES,
    "parameters": {"hx": "field"},
    "state": {"kind": "evolved", "initial": "0" * SITES, "time": 0.8},
    "controls": [
        {"name": "field", "label": "Field", "unit": "dimensionless", "lower": 0.3, "upper": 2.5}
    ],
}
SOURCE: dict[str, Any] = {"name": "aer", "role": "device", "backend": "aer", "method": "trotter"}
POINTS = np.linspace(0.3, 2.5, 200)[:, None]


def sweep(points: FloatArray, *, steps: int = STEPS, **settings: Any) -> Experiment:
    """Energies after so many Trotter steps, shape ``(P, 1)``."""
    return Experiment(
        system=SYSTEM,
        method="trotter",
        settings=settings,
        controls=("field",),
        points=points,
        observables=("energy",),
        knobs=("trotter_steps",),
        knob_values=np.full((len(points), 1), float(steps)),
    )
