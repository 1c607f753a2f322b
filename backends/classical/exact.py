"""Qubit systems solved exactly, and by their best product state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version

import numpy as np

from backends.base import Backend, Capabilities, Kind
from backends.classical.diagonalization import (
    MAX_DENSE_QUBITS,
    MAX_QUBITS,
    NotConverged,
    lowest_levels,
)
from backends.classical.product_state import best_product
from backends.errors import ProgramRejected
from backends.schema import Cost, Experiment, Provenance, Result, RunOptions
from backends.systems import QubitSystem, check
from backends.systems.pauli import PauliSum
from backends.systems.qubit_system import HAMILTONIAN

GAP = "gap"


class ExactBackend(Backend):
    """Exact diagonalization (``ed``) and mean field (``mean_field``) of qubit systems."""

    name = "exact"
    title = "Exact diagonalization and mean field"
    capabilities = Capabilities(
        kind=Kind.CLASSICAL, methods=("ed", "mean_field"), max_qubits=MAX_QUBITS, exact=True
    )

    def warm(self) -> None:
        """Import what the solvers use of SciPy."""
        for module in ("scipy.optimize", "scipy.sparse.linalg"):
            import_module(module)

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what can never run here, without loading SciPy.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        super().check(experiment, options)
        _system(experiment)

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        qubits = _system(experiment).qubits
        seconds = 1e-3 * qubits**2
        if experiment.method == "ed":
            dense = 3e-10 * 8.0**qubits
            seconds = 0.01 + (dense if qubits <= MAX_DENSE_QUBITS else 1e-6 * qubits * 2**qubits)
        memory = 64 * 4**qubits if qubits <= MAX_DENSE_QUBITS else 1000 * 2**qubits
        return Cost(
            seconds=0.05 + seconds * len(experiment.points), memory_bytes=100_000_000 + memory
        )

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        started = datetime.now(UTC)
        self.check(experiment, options)
        rows = _system(experiment).operators(experiment.points)
        values = np.array(
            [_values(experiment, row, operators) for row, operators in enumerate(rows)]
        ).reshape(experiment.shape)
        return Result(
            values=values,
            std_errors=np.zeros_like(values),
            options=options,
            provenance=Provenance(
                backend=self.name,
                versions={"numpy": version("numpy"), "scipy": version("scipy")},
                started_at=started,
                finished_at=datetime.now(UTC),
                details={"method": experiment.method},
            ),
        )


def _values(experiment: Experiment, row: int, operators: Mapping[str, PauliSum]) -> list[float]:
    """The wanted observables at one point."""
    hamiltonian = operators[HAMILTONIAN]
    if experiment.method == "mean_field":
        product = best_product(hamiltonian)
        return [product.expectation(operators[name]) for name in experiment.observables]
    try:
        spectrum = lowest_levels(hamiltonian)
        return [
            spectrum.gap if name == GAP else spectrum.expectation(operators[name])
            for name in experiment.observables
        ]
    except NotConverged:
        raise ProgramRejected(
            f"ed did not converge at {experiment.points[row].tolist()}", field=f"/points/{row}"
        ) from None


def _system(experiment: Experiment) -> QubitSystem:
    system = check(experiment)
    if not isinstance(system, QubitSystem):
        raise ProgramRejected(
            f"exact cannot run a {system.kind}; allowed: spin_lattice", field="/system/kind"
        )
    if experiment.method == "mean_field" and GAP in experiment.observables:
        raise ProgramRejected(
            "a product state has no gap; allowed: the other observables, or the method ed",
            field=f"/observables/{experiment.observables.index(GAP)}",
        )
    return system
