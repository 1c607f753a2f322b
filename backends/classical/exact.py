"""Systems solved exactly, and by their best product state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version

import numpy as np

from backends.base import Backend, Capabilities, Kind
from backends.classical import answers, free_fermions, reach
from backends.classical.answers import Answer
from backends.methods.problem import Problem, problem
from backends.schema import Cost, Experiment, Provenance, Result, RunOptions
from backends.schema.experiment import FloatArray
from backends.systems import QubitSystem, System
from backends.systems.state import Evolved, Kicked, Thermal


class ExactBackend(Backend):
    """Exact diagonalization (``ed``), exact evolution and mean field."""

    name = "exact"
    title = "Exact diagonalization, time evolution and mean field"
    capabilities = Capabilities(kind=Kind.CLASSICAL, methods=tuple(reach.STATES), exact=True)

    def warm(self) -> None:
        """Import what the solvers use of SciPy."""
        for module in (
            "scipy.linalg",
            "scipy.optimize",
            "scipy.sparse.csgraph",
            "scipy.sparse.linalg",
        ):
            import_module(module)

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what can never run here, without loading SciPy.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        super().check(experiment, options)
        reach.checked(experiment)

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        return reach.cost(experiment)

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        started = datetime.now(UTC)
        self.check(experiment, options)
        values = np.full(experiment.shape, np.nan)
        failures = {}
        for row, answer in enumerate(_answers(experiment, reach.checked(experiment))):
            if isinstance(answer, str):
                failures[row] = answer
            else:
                values[row] = answer
        return Result(
            values=values,
            std_errors=np.zeros_like(values),
            options=options,
            failures=failures,
            provenance=Provenance(
                backend=self.name,
                versions={"numpy": version("numpy"), "scipy": version("scipy")},
                started_at=started,
                finished_at=datetime.now(UTC),
                details={"method": experiment.method},
            ),
        )


def _answers(experiment: Experiment, system: System) -> Iterable[Answer]:
    """What is said about each point."""
    points, names = experiment.points, experiment.observables
    if isinstance(system, QubitSystem):
        if system.driven:
            return answers.driven_evolution(system, points, names)
        if isinstance(system.state, Kicked):
            return answers.kicked(system, points, names)
    posed = problem(system, points, mapping=reach.ORBITALS)
    if isinstance(system, QubitSystem) and experiment.method == "free_fermions":
        return free_fermions.answers(posed, system, points, names)
    if experiment.method == "mean_field":
        return answers.mean_field(posed, names)
    return _of_state(posed, system, points, names)


def _of_state(
    posed: Problem, system: System, points: FloatArray, names: Sequence[str]
) -> Iterable[Answer]:
    """What diagonalization and evolution say."""
    if isinstance(system, QubitSystem) and isinstance(system.state, Thermal):
        return answers.thermal(posed, system.temperatures(points), names)
    if isinstance(system, QubitSystem) and isinstance(system.state, Evolved):
        return answers.evolution(posed, system.state, system.durations(points), names)
    return answers.ground(posed, names)
