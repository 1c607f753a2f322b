"""Ideal quantum circuits on Qiskit Aer, sampled or exact."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from backends.base import Capabilities, Kind
from backends.methods import programs
from backends.simulators.circuit_backend import CircuitBackend, Run
from backends.simulators.circuits import measured, written
from backends.simulators.execution import Batch, sample, states
from backends.systems.pauli import ComplexArray

if TYPE_CHECKING:
    from qiskit_aer import AerSimulator

METHODS = ("vqe", "trotter", "adiabatic", "kicked")


class AerBackend(CircuitBackend):
    """Noise-free circuits; ``shots=None`` gives the exact expectation."""

    name = "aer"
    title = "Qiskit Aer"
    packages = ("qiskit", "qiskit-aer")
    capabilities = Capabilities(
        kind=Kind.SIMULATOR,
        methods=METHODS,
        max_qubits=20,
        max_shots=1_000_000,
        exact=True,
        knobs=programs.knobs(*METHODS),
        settings=programs.settings(*METHODS),
    )

    def warm(self) -> None:
        """Import Qiskit, Aer and PySCF."""
        import_module("qiskit_aer")
        super().warm()

    def counts(self, run: Run) -> list[list[dict[str, int]]]:
        circuit = written(run.circuit)
        batches = [Batch(measured(circuit, basis), run.angles) for basis in run.bases]
        by_group = sample(_simulator(), batches, shots=run.shots, seed=run.seed)
        return [list(point) for point in zip(*by_group, strict=True)]

    def states(self, run: Run) -> Iterable[ComplexArray]:
        simulator = _simulator()  # importing Aer gives circuits their save_… methods
        circuit = written(run.circuit)
        circuit.save_statevector()
        return states(simulator, Batch(circuit, run.angles))


@cache
def _simulator() -> AerSimulator:
    from qiskit_aer import AerSimulator

    return AerSimulator(method="statevector", max_parallel_threads=1)
