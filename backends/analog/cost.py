"""What a run of Braket's simulator takes, from measured times of its parts."""

from __future__ import annotations

import numpy as np

from backends.analog.emulator import MOST_DENSE
from backends.analog.settings import Settings
from backends.schema import Cost
from backends.schema.experiment import FloatArray
from backends.systems import RydbergArray


def cost(system: RydbergArray, points: FloatArray, settings: Settings) -> Cost:
    """Seconds and memory of all points, as if all were like the first.

    Args:
        points: Shape ``(P, C)``.
    """
    first, atoms = points[:1], system.qubits
    states = kept_states(system, first, settings.radius)
    listing = 4e-6 * 2**atoms * (atoms if settings.radius else 1) + 2e-6 * states * atoms**2
    if states <= MOST_DENSE:
        step = 4e-4 + 6e-10 * states**3
    else:
        turn = float(system.durations(first)[0]) / settings.steps * _norm(system, first, settings)
        step = (100 + 10 * turn) * (9e-5 + 1e-8 * states * atoms)
    runs = len(settings.runs) * listing + sum(settings.runs) * step
    return Cost(
        seconds=0.5 + runs * len(points),
        memory_bytes=300_000_000 + 200 * states * atoms + 16 * settings.steps * states,
    )


def kept_states(system: RydbergArray, point: FloatArray, radius: float) -> int:
    """How many basis states have no two excited atoms within a radius, um.

    Args:
        point: Shape ``(1, C)``.
    """
    index = np.arange(2**system.qubits)
    kept = np.ones(len(index), dtype=bool)
    near = system.geometry.distances(system.columns(point), 1)[0] <= radius
    for i, j in np.transpose(np.triu_indices(system.qubits, 1))[near].tolist():
        kept &= (index >> i & index >> j & 1) == 0
    return int(kept.sum())


def _norm(system: RydbergArray, point: FloatArray, settings: Settings) -> float:
    """About half the width of the spectrum, rad/us."""
    far = system.geometry.distances(system.columns(point), 1)[0] > settings.radius
    rabi = float(system.pulse.rabi.table(system.columns(point), 1)[1].max())
    return float(system.couplings(point)[0][far].sum() + system.qubits * rabi) / 2
