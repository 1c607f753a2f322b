"""Matrix product states by TeNPy: Hauschild and Pollmann, SciPost Phys. Lect. Notes 5 (2018)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from typing import Any

import numpy as np

from backends.base import Backend, Capabilities, Kind
from backends.methods.problem import problem
from backends.schema import Cost, Experiment, KnobLimit, Provenance, Result, RunOptions
from backends.setting import Between
from backends.systems import QubitSystem
from backends.systems.state import Evolved
from backends.tensor import limits
from backends.tensor.chain import Chain
from backends.tensor.evolution import Course, courses
from backends.tensor.ground import Ambiguous, Answer, Point
from backends.tensor.knob import truncated
from backends.tensor.limits import (
    BOND_DIMENSION,
    DEFAULT_BOND_DIMENSION,
    bond_dimensions,
    system_of,
)
from backends.tensor.measurement import Meter
from backends.tensor.search import NotConverged
from backends.tensor.start import Factors, basis_state, starts
from backends.tensor.strings import is_real, strings

NAN = float("nan")
ALGORITHMS = {
    "dmrg": "two-site DMRG",
    "tebd": "fourth-order TEBD, gates of any range as matrix product operators, on NumPy",
}


class TenpyBackend(Backend):
    """Ground states (``dmrg``) and time evolution (``tebd``) at a bond dimension."""

    name = "tenpy"
    title = "TeNPy"
    capabilities = Capabilities(
        kind=Kind.CLASSICAL,
        methods=tuple(ALGORITHMS),
        max_qubits=limits.MAX_QUBITS,
        exact=True,
        knobs=((BOND_DIMENSION, 2.0, 1024.0),),
        settings=((limits.TIME_STEP, Between(1e-6, 10.0)),),
    )

    def limits(self, method: str, settings: Mapping[str, Any]) -> tuple[KnobLimit, ...]:
        return (truncated(BOND_DIMENSION, DEFAULT_BOND_DIMENSION),)

    def warm(self) -> None:
        """Import what the methods use of TeNPy and SciPy, and PySCF, which molecules need."""
        from backends.classical.pyscf import PyscfBackend

        for module in ("algorithms.dmrg", "models.lattice", "models.model", "networks.mpo"):
            import_module(f"tenpy.{module}")
        import_module("scipy.sparse.csgraph")
        PyscfBackend().warm()

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what can never run here, without loading TeNPy.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        super().check(experiment, options)
        limits.check(experiment)

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        return limits.cost(experiment)

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        started = datetime.now(UTC)
        self.check(experiment, options)
        values = np.full(experiment.shape, NAN)
        errors = np.full(experiment.shape, NAN)
        raw: list[dict[str, Any]] = []
        failures: dict[int, str] = {}
        for row, answer in enumerate(_answers(experiment, options.seed or 0)):
            if isinstance(answer, str):
                failures[row] = answer
                raw.append({})
            else:
                values[row], errors[row] = answer.values, answer.errors
                raw.append(dict(answer.facts))
        return Result(
            values=values,
            std_errors=np.where(np.isnan(values), NAN, 0.0),
            truncation_errors=errors,
            options=options,
            provenance=Provenance(
                backend=self.name,
                versions={name: version(name) for name in ("physics-tenpy", "numpy", "scipy")},
                started_at=started,
                finished_at=datetime.now(UTC),
                details={"method": experiment.method, "algorithm": ALGORITHMS[experiment.method]},
            ),
            raw=raw,
            failures=failures,
        )


def _answers(experiment: Experiment, seed: int) -> Iterator[Answer | str]:
    """Each point's answer, or why it has none. No point depends on another."""
    if experiment.method == "tebd":
        yield from _evolved(experiment)
        return
    found = problem(system_of(experiment), experiment.points, mapping=limits.MAPPING)
    chain = Chain(found.qubits, found.sector)
    meter = Meter(chain)
    sizes = bond_dimensions(experiment)
    for row, measured in enumerate(found.measurables):
        if row in found.failures:
            yield found.failures[row]
            continue
        hamiltonian = found.operators[row]["hamiltonian"]
        first: list[Factors] = starts(
            found.qubits, found.sector, seed=seed, real=is_real(strings(hamiltonian))
        )
        if found.reference is not None:
            first[0] = basis_state(found.reference, found.qubits)
        point = Point(
            chain=chain,
            meter=meter,
            hamiltonian=hamiltonian,
            measured=measured,
            names=experiment.observables,
            starts=first,
        )
        try:
            yield point.answer(sizes[row])
        except (NotConverged, Ambiguous) as reason:
            yield str(reason)


def _evolved(experiment: Experiment) -> list[Answer]:
    """The evolved state of each point; those of one Hamiltonian share an evolution."""
    system = system_of(experiment)
    assert isinstance(system, QubitSystem)
    assert isinstance(system.state, Evolved)
    sizes, durations = bond_dimensions(experiment), system.durations(experiment.points)
    hamiltonians = [one["hamiltonian"] for one in system.operators(experiment.points)]
    measured = system.measurables(experiment.points)
    found: dict[int, Answer] = {}
    for rows in courses(hamiltonians, sizes):
        course = Course(
            hamiltonian=hamiltonians[rows[0]],
            initial=system.state.initial,
            times=durations[rows],
            measured=[measured[row] for row in rows],
            names=experiment.observables,
        )
        step = limits.time_step(experiment, hamiltonians[rows[0]])
        found |= dict(zip(rows, course.answers(sizes[rows[0]], step), strict=True))
    return [found[row] for row in range(len(sizes))]
