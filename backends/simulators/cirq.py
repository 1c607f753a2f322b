"""Ideal quantum circuits on Cirq's state-vector simulator, sampled or exact."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

import numpy as np

from backends.base import Capabilities, Kind
from backends.methods import programs
from backends.simulators import cirq_circuits
from backends.simulators.circuit_backend import CircuitBackend, Run
from backends.systems.pauli import ComplexArray

METHODS = ("vqe", "trotter", "adiabatic", "kicked")


class CirqBackend(CircuitBackend):
    """Noise-free circuits in double precision; ``shots=None`` gives the exact expectation."""

    name = "cirq"
    title = "Cirq"
    packages = ("cirq-core",)
    capabilities = Capabilities(
        kind=Kind.SIMULATOR,
        methods=METHODS,
        max_qubits=16,
        max_shots=1_000_000,
        exact=True,
        knobs=programs.knobs(*METHODS),
        settings=programs.settings(*METHODS),
    )

    def warm(self) -> None:
        """Import Cirq and PySCF."""
        import_module("cirq")
        super().warm()

    def counts(self, run: Run) -> list[list[dict[str, int]]]:
        qubits = run.circuit.qubits
        circuit = cirq_circuits.written(run.circuit)
        simulator = _simulator(run.seed)
        by_group = [
            [
                _histogram(seen, qubits)
                for seen in simulator.run_sweep(
                    cirq_circuits.measured(circuit, basis, qubits),
                    params=_resolvers(run),
                    repetitions=run.shots,
                )
            ]
            for basis in run.bases
        ]
        return [list(point) for point in zip(*by_group, strict=True)]

    def states(self, run: Run) -> Iterable[ComplexArray]:
        circuit = cirq_circuits.written(run.circuit)
        order = list(reversed(cirq_circuits.line(run.circuit.qubits)))
        simulated = _simulator(0).simulate_sweep(circuit, _resolvers(run), qubit_order=order)
        return [end.final_state_vector for end in simulated]


def _histogram(seen: Any, qubits: int) -> dict[str, int]:
    counts = seen.histogram(key=cirq_circuits.KEY)
    return {f"{outcome:0{qubits}b}": int(counts[outcome]) for outcome in sorted(counts)}


def _resolvers(run: Run) -> list[Any]:
    import cirq

    return [
        cirq.ParamResolver({f"theta_{k}": float(angle) for k, angle in enumerate(angles)})
        for angles in run.angles
    ]


def _simulator(seed: int) -> Any:
    import cirq

    return cirq.Simulator(dtype=np.complex128, seed=seed)
