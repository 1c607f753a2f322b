"""What Aer's simulations cost, before the circuit that decides between them is known."""

from __future__ import annotations

import math
from typing import Any

from backends.methods import programs
from backends.schema import Cost, Experiment, RunOptions
from backends.simulators import cost, rule
from backends.simulators.cost import Speed
from backends.simulators.noise import Noise

STATEVECTOR = Speed()
DENSITY = Speed(gate=3e-4, amplitude=3e-9)
TRAJECTORY_S = 5e-6
BOND = "bond_dimension"
DEFAULT_BOND = 64


def estimate(experiment: Experiment, options: RunOptions, system: Any, wanted: str) -> Cost:
    """Cost of an experiment with a value of the setting ``simulation``."""
    qubits, noisy = getattr(system, "qubits", 4), Noise.of(experiment.settings).in_gates
    if noisy and (wanted == rule.STATEVECTOR or qubits > rule.MOST_DENSITY):
        return _trajectories(experiment, options, system, qubits)
    if noisy or wanted == rule.DENSITY:
        return cost.estimate(experiment, options, system, DENSITY, dense=True)
    if wanted == rule.STABILIZER:
        return _by_gates(experiment, options, system, 1e-6 * qubits)
    if wanted == rule.MPS or qubits > rule.MOST_STATEVECTOR:
        bond = DEFAULT_BOND
        if BOND in experiment.knobs:
            bond = int(experiment.knob_values[:, experiment.knobs.index(BOND)].max())
        # Half of the gates join two qubits; each such gate across a cut doubles its bond at most.
        crossing = math.ceil(programs.gates(experiment, system) / (2 * qubits))
        bond = min(bond, 2 ** min(qubits // 2, crossing, 20))
        return _by_gates(experiment, options, system, 2e-5 + 9 * rule.PER_BOND_S * bond**3)
    return cost.estimate(experiment, options, system, STATEVECTOR)


def _trajectories(experiment: Experiment, options: RunOptions, system: Any, qubits: int) -> Cost:
    per_gate = (options.shots or 0) * TRAJECTORY_S * max(1.0, 2.0**qubits / 4096)
    return _by_gates(experiment, options, system, per_gate)


def _by_gates(experiment: Experiment, options: RunOptions, system: Any, per_gate: float) -> Cost:
    per_point = 1e-3 + programs.gates(experiment, system) * per_gate
    per_point += (options.shots or 0) * STATEVECTOR.shot
    return Cost(
        seconds=cost.BASE_S
        + programs.seconds(experiment, system)
        + per_point * len(experiment.points),
        memory_bytes=cost.BASE_BYTES,
    )
