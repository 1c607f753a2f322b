"""Qubit systems solved exactly, and by their best product state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version

import numpy as np

from backends.base import Backend, Capabilities, Kind
from backends.classical import answers, diagonalization, driven, thermal
from backends.classical.answers import DegenerateGround
from backends.classical.diagonalization import NotConverged
from backends.classical.product_state import best_product
from backends.errors import ProgramRejected
from backends.schema import Cost, Experiment, Provenance, Result, RunOptions
from backends.systems import QubitSystem, check
from backends.systems.projector import Measurable
from backends.systems.qubit_observables import NOT_LINEAR
from backends.systems.qubit_system import HAMILTONIAN
from backends.systems.state import Evolved, Ground, Kicked, Thermal

STATES: dict[str, tuple[type, ...]] = {
    "ed": (Ground, Thermal),
    "evolution": (Evolved,),
    "kicked": (Kicked,),
    "mean_field": (Ground,),
}
MAX_QUBITS = diagonalization.MAX_QUBITS


class ExactBackend(Backend):
    """Exact diagonalization (``ed``), exact evolution and mean field of qubit systems."""

    name = "exact"
    title = "Exact diagonalization, time evolution and mean field"
    capabilities = Capabilities(
        kind=Kind.CLASSICAL, methods=tuple(STATES), max_qubits=MAX_QUBITS, exact=True
    )

    def warm(self) -> None:
        """Import what the solvers use of SciPy."""
        for module in ("scipy.optimize", "scipy.sparse.csgraph", "scipy.sparse.linalg"):
            import_module(module)

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what can never run here, without loading SciPy.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        super().check(experiment, options)
        _system(experiment)

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        system = _system(experiment)
        qubits, points = system.qubits, len(experiment.points)
        full = isinstance(system.state, Thermal)
        dense = full or 2**qubits <= diagonalization.MAX_DENSE
        seconds, memory = 1e-3 * qubits**2, 0
        if experiment.method != "mean_field":
            seconds = 0.01 + (3e-10 * 8.0**qubits if dense else 4e-6 * qubits * 2**qubits)
            memory = 64 * 4**qubits if dense else 1000 * 2**qubits
        return Cost(seconds=0.05 + seconds * points, memory_bytes=100_000_000 + memory)

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        started = datetime.now(UTC)
        self.check(experiment, options)
        rows: list[list[float]] = []
        try:
            rows.extend(_values(experiment, _system(experiment)))
        except NotConverged:
            raise ProgramRejected(
                f"ed found no answer at {experiment.points[len(rows)].tolist()}: Lanczos did not "
                "converge, or there are not so many different levels",
                field=f"/points/{len(rows)}",
            ) from None
        except DegenerateGround:
            raise ProgramRejected(
                "the ground state is degenerate here, so its entanglement depends on which is "
                "taken; allowed: points with one ground state",
                field=f"/points/{len(rows)}",
            ) from None
        values = np.array(rows).reshape(experiment.shape)
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


def _values(experiment: Experiment, system: QubitSystem) -> Iterator[list[float]]:
    """The wanted observables, point by point."""
    points, names = experiment.points, experiment.observables
    if system.driven:
        yield from answers.driven_evolution(system, points, names)
        return
    if isinstance(system.state, Kicked):
        yield from answers.kicked(system, points, names)
        return
    operators, projectors = system.operators(points), system.projectors
    energies = [row[HAMILTONIAN] for row in operators]
    measured: list[Mapping[str, Measurable]] = [{**row, **projectors} for row in operators]
    if isinstance(system.state, Evolved):
        times = system.durations(points)
        yield from answers.evolution(energies, measured, system.state, times, names)
    elif isinstance(system.state, Thermal):
        yield from answers.thermal(energies, measured, system.temperatures(points), names)
    elif experiment.method == "mean_field":
        for energy, row in zip(energies, measured, strict=True):
            product = best_product(energy)
            yield [product.expectation(row[name]) for name in names]
    else:
        yield from answers.ground(energies, measured, names)


def _system(experiment: Experiment) -> QubitSystem:
    system = check(experiment)
    if not isinstance(system, QubitSystem):
        raise ProgramRejected(
            f"exact cannot run a {system.kind}; allowed: systems of qubits", field="/system/kind"
        )
    _check_state(experiment.method, system)
    most = thermal.MAX_QUBITS if isinstance(system.state, Thermal) else MAX_QUBITS
    most = driven.MAX_QUBITS if system.driven else most
    if system.qubits > most:
        raise ProgramRejected(
            f"{system.qubits} qubits for {experiment.method} of this state; "
            f"allowed: at most {most}",
            field="/system",
        )
    if experiment.method == "mean_field":
        for index, name in enumerate(experiment.observables):
            if name in NOT_LINEAR:
                raise ProgramRejected(
                    f"a product state has no {name}; allowed: the expectation values, or the "
                    "method ed",
                    field=f"/observables/{index}",
                )
    return system


def _check_state(method: str, system: QubitSystem) -> None:
    kind = type(system.state)
    if kind not in STATES[method]:
        able = [name for name, kinds in STATES.items() if kind in kinds]
        raise ProgramRejected(
            f"{method} does not find a {system.state.to_dict()['kind']} state; allowed on exact: "
            + (", ".join(able) or "none"),
            field="/method",
        )
