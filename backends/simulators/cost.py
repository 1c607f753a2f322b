"""What circuits cost: the number of gates that the method states, times what a gate takes.

A gate costs a fixed time and one per amplitude; a density matrix has ``4^n`` of these. Measured on
one core for each engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backends.methods import programs
from backends.schema import Cost, Experiment, RunOptions

BASE_S, BASE_BYTES = 0.02, 300_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Seconds of an engine.

    Attributes:
        point: Of one point, whatever its circuit.
        gate: Of one gate, whatever the number of qubits.
        amplitude: Of one gate on one amplitude, or one entry of a density matrix.
        shot: Of one shot.
        written: Of one gate of a structure that is written for the engine, once for all points.
    """

    point: float = 1e-3
    gate: float = 4e-6
    amplitude: float = 4.2e-9
    shot: float = 1e-6
    written: float = 8e-5


def estimate(
    experiment: Experiment, options: RunOptions, system: Any, speed: Speed, *, dense: bool = False
) -> Cost:
    """Cost of simulating every point.

    Args:
        dense: Whether the state is a density matrix.
    """
    qubits = getattr(system, "qubits", 4)
    entries = 2.0 ** (2 * qubits if dense else qubits)
    per_gate = speed.gate + speed.amplitude * entries
    gates = programs.gates(experiment, system)
    per_point = speed.point + gates * per_gate
    per_point += (options.shots or 0) * speed.shot
    return Cost(
        seconds=BASE_S
        + programs.seconds(experiment, system)
        + gates * speed.written
        + per_point * len(experiment.points),
        memory_bytes=int(BASE_BYTES + 64 * entries),
    )
