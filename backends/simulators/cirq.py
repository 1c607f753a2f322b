"""Ideal quantum circuits on Cirq's state-vector simulator, sampled or exact."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import numpy as np

from backends.base import Backend, Capabilities, Kind
from backends.classical.pyscf import PyscfBackend
from backends.methods import vqe
from backends.methods.vqe import Program
from backends.schema import Cost, Experiment, Provenance, Result, RunOptions
from backends.schema.experiment import FloatArray
from backends.simulators import cirq_circuits, measured_energy


class CirqBackend(Backend):
    """Noise-free circuits in double precision; ``shots=None`` gives the exact expectation."""

    name = "cirq"
    title = "Cirq"
    capabilities = Capabilities(
        kind=Kind.SIMULATOR, methods=("vqe",), max_qubits=12, max_shots=1_000_000, exact=True
    )

    def warm(self) -> None:
        """Import Cirq and PySCF."""
        import_module("cirq")
        PyscfBackend().warm()

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what can never run here, without loading an SDK.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        super().check(experiment, options)
        vqe.validate(experiment, options)

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        per_point = 0.06 + (options.shots or 0) * 2e-6
        return Cost(seconds=0.1 + per_point * len(experiment.points), memory_bytes=300_000_000)

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        started = datetime.now(UTC)
        self.check(experiment, options)
        program = vqe.prepare(vqe.validate(experiment, options), experiment.points)
        if options.shots is None:
            energies = _exact_energies(program)
            return measured_energy.exact(
                program,
                experiment,
                energies,
                options=options,
                provenance=self._provenance(program, started),
            )
        options = measured_energy.with_seed(options)
        counts = _counts(program, options.shots or 0, options.seed or 0)
        return measured_energy.from_counts(
            program,
            experiment,
            counts,
            options=options,
            provenance=self._provenance(program, started),
        )

    def _provenance(self, program: Program, started: datetime) -> Provenance:
        return Provenance(
            backend=self.name,
            versions=measured_energy.versions("cirq-core"),
            started_at=started,
            finished_at=datetime.now(UTC),
            details=program.details(),
        )


def _counts(program: Program, shots: int, seed: int) -> list[list[dict[str, int]]]:
    """Counts of each point and group; bit strings have qubit 0 rightmost."""
    qubits = program.ansatz.qubits
    circuit = cirq_circuits.ansatz_circuit(program.ansatz)
    simulator = _simulator(seed)
    by_group = [
        [
            _histogram(seen, qubits)
            for seen in simulator.run_sweep(
                cirq_circuits.measured(circuit, group.basis, qubits),
                params=_resolvers(program),
                repetitions=shots,
            )
        ]
        for group in program.groups
    ]
    return [list(point) for point in zip(*by_group, strict=True)]


def _exact_energies(program: Program) -> FloatArray:
    """Energies of the simulated states, shape ``(P,)``, hartree."""
    circuit = cirq_circuits.ansatz_circuit(program.ansatz)
    order = list(reversed(cirq_circuits.line(program.ansatz.qubits)))
    simulated = _simulator(0).simulate_sweep(circuit, _resolvers(program), qubit_order=order)
    pairs = zip(program.hamiltonians, simulated, strict=True)
    return np.array([operator.expectation(end.final_state_vector) for operator, end in pairs])


def _histogram(seen: Any, qubits: int) -> dict[str, int]:
    counts = seen.histogram(key=cirq_circuits.KEY)
    return {f"{outcome:0{qubits}b}": int(counts[outcome]) for outcome in sorted(counts)}


def _resolvers(program: Program) -> list[Any]:
    import cirq

    return [
        cirq.ParamResolver({f"theta_{k}": float(angle) for k, angle in enumerate(angles)})
        for angles in program.parameters
    ]


def _simulator(seed: int) -> Any:
    import cirq

    return cirq.Simulator(dtype=np.complex128, seed=seed)
