"""Arrays that Braket's simulator of Aquila runs, and their exact answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from backends import registry
from backends.schema import Experiment, Result, RunOptions
from tests.unit.backends.rydberg.arrays import SWEEP

CHAIN: dict[str, Any] = {
    **SWEEP,
    "atoms": 4,
    "phase": {"times": [0, 0.6, 1.2, 2.0], "values": [0, 1.1, -0.4, 0]},
    "observables": [{"name": "z2", "bitstring": "0101"}],
}

SQUARE: dict[str, Any] = {**SWEEP, "geometry": "square", "atoms": [2, 3], "spacing": 6.5}

NAMES = ("density", "density_correlation", "blockade_violation", "energy")


def experiment(system: dict[str, Any], points: Any, *names: str, **settings: Any) -> Experiment:
    return Experiment(
        system=system,
        method="ahs",
        controls=tuple(entry["name"] for entry in system["controls"]),
        points=np.array(points, dtype=np.float64),
        observables=names,
        settings=settings,
    )


def run(asked: Experiment, backend: str = "braket-ahs", **options: Any) -> Result:
    result = registry.get(backend).submit(asked, RunOptions(**options), token="t")
    assert isinstance(result, Result)
    return result


def exact(system: dict[str, Any], points: Any, *names: str) -> np.ndarray:
    asked = experiment(system, points, *names)
    asked = Experiment.from_dict({**asked.to_dict(), "method": "evolution"})
    return run(asked, "exact").values
