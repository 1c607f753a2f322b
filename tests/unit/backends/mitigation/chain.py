"""Short chains of spins, run with mitigation, and what is exact for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from backends import registry
from backends.schema import Experiment, Result, RunOptions

SITES = 2
STEPS = 2
CONSTANT: dict[str, Any] = {"observables": [{"name": "one", "pauli": {"II": 1.0}}]}
NOISE = {"depolarizing_1q": 0.002, "depolarizing_2q": 0.03, "readout_error": 0.02, "anchors": False}
GROUNDED = {"kind": "evolved", "initial": "00", "time": 0.0}


def chain(sites: int = SITES, **changes: Any) -> dict[str, Any]:
    """A quench of a short Ising chain."""
    return {
        "kind": "spin_lattice",
        "schema_version": 1,
        "model": "ising",
        "geometry": "chain",
        "sites": sites,
        "parameters": {"hx": "field"},
        "state": {"kind": "evolved", "initial": "0" * sites, "time": 0.4},
        "controls": [
            {"name": "field", "label": "Field", "unit": "dimensionless", "lower": 0, "upper": 2}
        ],
        **changes,
    }


def conserving() -> dict[str, Any]:
    """A quench that conserves the parity of the spins that are down."""
    state = {"kind": "evolved", "initial": "001", "time": 0.4}
    return chain(3, model="xxz", parameters={"delta": "field"}, state=state)


def asked(
    points: int = 1,
    *,
    observables: tuple[str, ...] = ("correlation_zz",),
    system: dict[str, Any] | None = None,
    settings: dict[str, Any] | None = None,
    steps: int = STEPS,
) -> Experiment:
    return Experiment(
        system=system or chain(),
        method="trotter",
        controls=("field",),
        points=np.full((points, 1), 0.7),
        observables=observables,
        settings={"anchors": False} if settings is None else settings,
        knobs=("trotter_steps",),
        knob_values=np.full((points, 1), float(steps)),
    )


def run(name: str, experiment: Experiment, shots: int | None = 2000, seed: int = 1) -> Result:
    result = registry.get(name).submit(experiment, RunOptions(shots=shots, seed=seed), token="t")
    assert isinstance(result, Result)
    return result


def exact(experiment: Experiment) -> float:
    bare = replace(experiment, settings={})
    return float(run("aer", bare, shots=None).values[0, 0])
