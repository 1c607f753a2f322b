"""Ideal quantum circuits on Qiskit Aer, sampled or exact."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np

from backends.base import Backend, Capabilities, Kind
from backends.classical.pyscf import PyscfBackend
from backends.methods import vqe
from backends.methods.vqe import Program
from backends.schema import Cost, Experiment, Provenance, Result, RunOptions
from backends.schema.experiment import FloatArray
from backends.simulators import measured_energy
from backends.simulators.circuits import ansatz_circuit, measured
from backends.simulators.execution import Batch, sample, states

if TYPE_CHECKING:
    from qiskit_aer import AerSimulator


class AerBackend(Backend):
    """Noise-free circuits; ``shots=None`` gives the exact expectation."""

    name = "aer"
    title = "Qiskit Aer"
    capabilities = Capabilities(
        kind=Kind.SIMULATOR, methods=("vqe",), max_qubits=12, max_shots=1_000_000, exact=True
    )

    def warm(self) -> None:
        """Import Qiskit, Aer and PySCF."""
        import_module("qiskit_aer")
        PyscfBackend().warm()

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what can never run here, without loading an SDK.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        super().check(experiment, options)
        vqe.validate(experiment, options)

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        per_point = 0.015 + (options.shots or 0) * 1e-6
        return Cost(seconds=0.1 + per_point * len(experiment.points), memory_bytes=300_000_000)

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        started = datetime.now(UTC)
        self.check(experiment, options)
        program = vqe.prepare(vqe.validate(experiment, options), experiment.points)
        if options.shots is None:
            energies = _exact_energies(program)
            provenance = self._provenance(program, started)
            return measured_energy.exact(
                program, experiment, energies, options=options, provenance=provenance
            )
        options = measured_energy.with_seed(options)
        counts = _counts(program, options.shots or 0, options.seed or 0)
        provenance = self._provenance(program, started)
        return measured_energy.from_counts(
            program, experiment, counts, options=options, provenance=provenance
        )

    def _provenance(self, program: Program, started: datetime) -> Provenance:
        return Provenance(
            backend=self.name,
            versions=measured_energy.versions("qiskit", "qiskit-aer"),
            started_at=started,
            finished_at=datetime.now(UTC),
            details=program.details(),
        )


def _counts(program: Program, shots: int, seed: int) -> list[list[dict[str, int]]]:
    """Counts of each point and group."""
    circuit = ansatz_circuit(program.ansatz)
    batches = [Batch(measured(circuit, g.basis), program.parameters) for g in program.groups]
    by_group = sample(_simulator(), batches, shots=shots, seed=seed)
    return [list(point) for point in zip(*by_group, strict=True)]


def _exact_energies(program: Program) -> FloatArray:
    """Energies of the simulated states, shape ``(P,)``, hartree."""
    simulator = _simulator()  # importing Aer gives circuits their save_… methods
    circuit = ansatz_circuit(program.ansatz)
    circuit.save_statevector()
    simulated = states(simulator, Batch(circuit, program.parameters))
    pairs = zip(program.hamiltonians, simulated, strict=True)
    return np.array([operator.expectation(state) for operator, state in pairs])


@cache
def _simulator() -> AerSimulator:
    from qiskit_aer import AerSimulator

    return AerSimulator(method="statevector", max_parallel_threads=1)
