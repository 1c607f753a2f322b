"""What an array must be for an analog machine, and what a machine measures of it."""

from __future__ import annotations

from backends.errors import ProgramRejected
from backends.schema import Experiment, RunOptions
from backends.systems import RydbergArray, check
from backends.systems.pauli import PauliSum
from backends.systems.state import Evolved

MIN_SHOTS = 2


def array_of(
    experiment: Experiment, options: RunOptions, *, name: str, most_atoms: int
) -> RydbergArray:
    """The array of an experiment, once nothing is wrong with it on any analog machine.

    Args:
        name: Of the backend, for messages.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    system = check(experiment)
    if not isinstance(system, RydbergArray):
        raise ProgramRejected(
            f"{name} cannot run a {system.kind}; allowed: {RydbergArray.kind}",
            field="/system/kind",
        )
    if not isinstance(system.state, Evolved) or set(system.state.initial) != {"0"}:
        raise ProgramRejected(
            "the machine evolves atoms that all start in their ground state; allowed: "
            '"state": {"kind": "evolved"}',
            field="/system/state",
        )
    if system.cutoff is not None:
        raise ProgramRejected(
            "in the machine every pair interacts; allowed: no cutoff", field="/system/cutoff"
        )
    if system.qubits > most_atoms:
        raise ProgramRejected(
            f"{system.qubits} atoms on {name}; allowed: at most {most_atoms}", field="/system"
        )
    if options.shots is not None and options.shots < MIN_SHOTS:
        raise ProgramRejected(
            f"shots = {options.shots}; allowed: {MIN_SHOTS} or more, for a statistical error",
            field="/shots",
        )
    return system


def check_measured(experiment: Experiment, system: RydbergArray, *, otherwise: str) -> None:
    """Refuse what the detection of Rydberg atoms does not measure.

    Args:
        otherwise: What is allowed besides, for messages.

    Raises:
        ProgramRejected: Names the observable and the allowed ones.
    """
    points = experiment.points
    known = system.measurables(points[:1])[0]
    rabi = system.pulse.at(system.columns(points), system.durations(points))[0]
    for index, name in enumerate(experiment.observables):
        operator, field = known.get(name), f"/observables/{index}"
        if name == "energy" and rabi.any():
            raise ProgramRejected(
                "the energy is measured only where the Rabi frequency ends at 0; allowed: such "
                f"points (not point {int(rabi.nonzero()[0][0])}){otherwise}",
                field=field,
            )
        turned = isinstance(operator, PauliSum) and any(word.x for word in operator.terms)
        if operator is None or (turned and name != "energy"):
            allowed = ", ".join(sorted(set(known) - {"hamiltonian", name}))
            raise ProgramRejected(
                f"{name} is not measured; allowed: {allowed}{otherwise}", field=field
            )
