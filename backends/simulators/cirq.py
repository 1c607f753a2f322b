"""Quantum circuits on Cirq's simulators of state vectors and density matrices."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

import numpy as np

from backends.base import Capabilities, Kind
from backends.methods import programs
from backends.schema import Experiment, RunOptions
from backends.simulators import cirq_circuits, noise
from backends.simulators.circuit_backend import Run
from backends.simulators.cost import Speed
from backends.simulators.noise import Noise
from backends.simulators.state_backend import StateBackend
from backends.systems.pauli import ComplexArray

METHODS = tuple(programs.METHODS)
MOST_NOISY = 10


class CirqBackend(StateBackend):
    """Circuits in double precision, ideal or noisy; ``shots=None`` gives the exact expectation."""

    name = "cirq"
    title = "Cirq"
    packages = ("cirq-core",)
    speed = Speed(gate=1.4e-4, amplitude=8e-9, written=3e-4)
    noisy_speed = Speed(gate=7e-4, amplitude=4.3e-7)
    capabilities = Capabilities(
        kind=Kind.SIMULATOR,
        methods=METHODS,
        max_qubits=16,
        max_shots=1_000_000,
        exact=True,
        knobs=programs.knobs(*METHODS),
        settings=(*noise.SETTINGS, *programs.settings(*METHODS)),
    )

    def warm(self) -> None:
        """Import Cirq and PySCF."""
        import_module("cirq")
        super().warm()

    def check_size(self, qubits: int, experiment: Experiment, options: RunOptions) -> None:
        super().check_size(qubits, experiment, options)
        noise.check_size(self.name, qubits, experiment.settings, MOST_NOISY)

    def states(self, run: Run) -> Iterable[ComplexArray]:
        own = Noise.of(run.settings)
        circuit = cirq_circuits.written(run.circuit, own)
        order = list(reversed(cirq_circuits.line(run.circuit.qubits)))
        ends = _simulator(noisy=own.in_gates).simulate_sweep(
            circuit, cirq_circuits.resolvers(run.angles), qubit_order=order
        )
        kept = "final_density_matrix" if own.in_gates else "final_state_vector"
        return (getattr(end, kept) for end in ends)


def _simulator(*, noisy: bool) -> Any:
    import cirq

    return (cirq.DensityMatrixSimulator if noisy else cirq.Simulator)(dtype=np.complex128)
