"""Which observables of a qubit system a circuit measures."""

from __future__ import annotations

from backends.errors import ProgramRejected
from backends.schema import Experiment
from backends.systems.projector import Measurable
from backends.systems.qubit_system import HAMILTONIAN, QubitSystem


def check_measured(experiment: Experiment, system: QubitSystem) -> None:
    """Refuse observables that are no expectation value.

    Raises:
        ProgramRejected: Names the observable and the allowed ones.
    """
    known = sorted(set(system.measurables(experiment.points[:1])[0]) - {HAMILTONIAN})
    for index, name in enumerate(experiment.observables):
        if name not in known:
            raise ProgramRejected(
                f"{name} is not measured by a circuit; allowed: {', '.join(known)}",
                field=f"/observables/{index}",
            )


def measured_operators(experiment: Experiment, system: QubitSystem) -> list[list[Measurable]]:
    """For each point, its ``O`` observables."""
    return [
        [operators[name] for name in experiment.observables]
        for operators in system.measurables(experiment.points)
    ]
