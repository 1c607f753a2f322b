"""Noisy circuits on Google's virtual processors, offline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from backends.base import Capabilities, Kind
from backends.errors import ProgramRejected
from backends.methods import programs
from backends.methods.circuit import Circuit
from backends.methods.program import Program
from backends.schema import Cost, Experiment, RunOptions
from backends.simulators import cirq_circuits, cost
from backends.simulators.circuit_backend import CircuitBackend, Run
from backends.simulators.compiled import Compiled
from backends.simulators.cost import Speed
from backends.simulators.virtual_processor import (
    DEFAULT_DEVICE,
    DEVICES,
    compiled,
    noisy,
    processor,
)
from backends.systems.pauli import PauliWord

METHODS = tuple(programs.METHODS)
SPEED = Speed(point=0.04, gate=1e-2, amplitude=1.2e-6, shot=8e-6)
"""Of circuits that are compiled and run for two measurement groups."""


class CirqGoogleBackend(CircuitBackend):
    """Density-matrix simulation of a virtual processor, sampled.

    Each point is compiled by itself, since the gates depend on its angles, unless it repeats the
    one before.
    """

    name = "cirq-google"
    title = "Google virtual processor"
    packages = ("cirq-core", "cirq-google")
    capabilities = Capabilities(
        kind=Kind.SIMULATOR,
        methods=METHODS,
        max_qubits=8,
        max_shots=100_000,
        knobs=programs.knobs(*METHODS),
        settings=(("device", tuple(DEVICES)), *programs.settings(*METHODS)),
    )

    def warm(self) -> None:
        """Import Cirq, its part for Google's devices and PySCF."""
        import_module("cirq_google")
        super().warm()

    def prepare(self, settings: Mapping[str, Any]) -> None:
        """Load the device."""
        processor(_device(settings))

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        system = programs.validate(experiment, options)
        return cost.estimate(experiment, options, system, SPEED, dense=True)

    def compiled(
        self, circuit: Circuit, bases: tuple[PauliWord, ...], settings: Mapping[str, Any]
    ) -> Sequence[Compiled]:
        """Refused: what would be repeated by a mitigation is merged away at each point.

        Raises:
            ProgramRejected: Always.
        """
        raise ProgramRejected(
            f"{self.name} compiles each point anew; allowed with mitigation: fake-ibm, aer, cirq",
            field="/backend",
        )

    def counts(self, run: Run) -> list[list[dict[str, int]]]:
        name, qubits = _device(run.settings), run.circuit.qubits
        circuit = cirq_circuits.written(run.circuit)
        asked = [cirq_circuits.measured(circuit, basis, qubits) for basis in run.bases]
        resolvers = cirq_circuits.resolvers(run.angles)
        found, ready = [], []
        for row, values in enumerate(resolvers):
            if row == 0 or not np.array_equal(run.angles[row], run.angles[row - 1]):
                ready = [noisy(name, compiled(name, _resolved(one, values))) for one in asked]
            groups = []
            for group, one in enumerate(ready):
                seen = _simulator(run.seed, row, group).run(one, repetitions=run.shots)
                groups.append(cirq_circuits.histogram(seen, qubits))
            found.append(groups)
        return found

    def facts(self, program: Program, experiment: Experiment) -> dict[str, Any]:
        name = _device(experiment.settings)
        model = processor(name)
        return {
            "calibration_id": model.calibration_id,
            "calibrated_at": model.calibrated_at,
            "details": {
                "device": name,
                "device_gates": DEVICES[name],
                "noise_model": "median calibration: gates, relaxation of all qubits, readout",
            },
        }


def _device(settings: Mapping[str, Any]) -> str:
    return str(settings.get("device", DEFAULT_DEVICE))


def _resolved(circuit: Any, values: Any) -> Any:
    import cirq

    return cirq.resolve_parameters(circuit, values)


def _simulator(seed: int, row: int, group: int) -> Any:
    import cirq

    state = np.random.SeedSequence((seed, row, group)).generate_state(1)
    return cirq.DensityMatrixSimulator(seed=int(state[0]))
