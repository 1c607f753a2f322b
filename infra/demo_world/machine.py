"""The machine of the noisy stage: what it does otherwise than it is told, and nobody is told.

Nothing but `measured` uses these numbers. They were written down before any policy met the machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.analog.ahs import BraketAhsBackend
from backends.schema import Experiment, RunOptions
from backends.systems import load
from backends.systems.rydberg_array import RydbergArray
from qtwin.fusion.base import FloatArray

RABI, DETUNING, STRETCH = 0.96, 1.2, 1.008
"""Scale of the Rabi frequency, rad/us added to the detuning, scale of all distances."""
DAILY_RABI, DAILY_DETUNING, DAILY_PLACE = 0.01, 0.5, 0.1
"""Standard deviations of what each day adds: share, rad/us, um."""
READOUT = [0.01, 0.08]
DAYS, SHOTS = 5, 1000
SEED = 2026
PATTERN = "pattern"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Day:
    """What the machine is on one day.

    Attributes:
        places: What is added to the place of each atom, um, shape ``(n, 2)``.
    """

    number: int
    rabi: float
    detuning: float
    places: FloatArray

    @classmethod
    def of(cls, number: int, atoms: int) -> Day:
        """The same for everybody who asks."""
        rng = np.random.default_rng([SEED, number])
        return cls(
            number=number,
            rabi=RABI + DAILY_RABI * rng.standard_normal(),
            detuning=DETUNING + DAILY_DETUNING * rng.standard_normal(),
            places=DAILY_PLACE * rng.standard_normal((atoms, 2)),
        )


def measured(system: Mapping[str, Any], pattern: str, day: int, seed: int) -> int:
    """How many of `SHOTS` shots read a bit string, atom 0 rightmost.

    Args:
        system: A rydberg_array without controls, as it is told to the machine.
    """
    array = load(system)
    assert isinstance(array, RydbergArray)
    experiment = Experiment(
        system=_really(system, array, Day.of(day, array.qubits), pattern),
        method="ahs",
        controls=(),
        points=np.empty((1, 0)),
        observables=(PATTERN,),
        settings={"readout_error": READOUT, "limits": "none"},
    )
    options = RunOptions(shots=SHOTS, seed=1000 * seed + day)
    result = BraketAhsBackend().submit(experiment, options, token="demo-world")  # noqa: S106 - a tag
    return round(float(result.values[0, 0]) * SHOTS)


def _really(
    system: Mapping[str, Any], array: RydbergArray, day: Day, pattern: str
) -> dict[str, Any]:
    """What the machine does when it is told ``system``."""
    told = {k: v for k, v in system.items() if k not in {"geometry", "atoms", "spacing"}}
    places = array.geometry.places({}, 1)[0] * STRETCH + day.places
    rabi, detuning = dict(system["rabi"]), dict(system["detuning"])
    rabi["values"] = [day.rabi * value for value in rabi["values"]]
    detuning["values"] = [value + day.detuning for value in detuning["values"]]
    return told | {
        "geometry": "custom",
        "positions": places.tolist(),
        "rabi": rabi,
        "detuning": detuning,
        "observables": [{"name": PATTERN, "label": "Pattern", "bitstring": pattern}],
    }
