"""What each exact method can be asked, and what that takes."""

from __future__ import annotations

from math import comb

import numpy as np

from backends.classical import basis, diagonalization, driven, evolution, free_fermions, thermal
from backends.classical.chemistry_cost import MEAN_FIELD_S
from backends.errors import ProgramRejected
from backends.methods import problem
from backends.methods.symmetries import conserves_magnetisation
from backends.schema import Cost, Experiment
from backends.systems import Molecule, QubitSystem, System, check, molecular_observables
from backends.systems.qubit_observables import NOT_LINEAR
from backends.systems.qubit_system import GROUND, Sector
from backends.systems.state import Evolved, Ground, Kicked, State, Thermal

STATES: dict[str, tuple[type, ...]] = {
    "ed": (Ground, Thermal),
    "evolution": (Evolved,),
    "kicked": (Kicked,),
    "mean_field": (Ground,),
    "free_fermions": (Ground, Thermal, Evolved),
}
MAX_QUBITS_OF_MEAN_FIELD = 256
ORBITALS = "jordan_wigner"
"""How a molecule's electrons lie on qubits here, so that their numbers fix a sector."""


def checked(experiment: Experiment) -> System:
    """The system of an experiment that can be run; loads no solver.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    system, method = check(experiment), experiment.method
    if not isinstance(system, QubitSystem) and not (
        isinstance(system, Molecule) and method == "ed"
    ):
        able = "systems of qubits, or molecules by ed"
        raise ProgramRejected(
            f"{method} on exact cannot run a {system.kind}; allowed: {able}", field="/system/kind"
        )
    _check_state(method, state_of(system))
    if isinstance(system, QubitSystem) and method == "free_fermions":
        _check_free(experiment, system)
        return system
    _check_size(method, system)
    if method == "mean_field":
        _check_mean_field(experiment, system)
    if isinstance(system, Molecule):
        _check_levels(experiment, system)
    return system


def state_of(system: System) -> State:
    """The state that is asked about; of a molecule its ground state."""
    return system.state if isinstance(system, QubitSystem) else GROUND


def sector_of(system: System) -> Sector:
    """The numbers that the system conserves and fixes."""
    if isinstance(system, QubitSystem):
        return system.sector
    return problem.mapping_of(problem.molecule(system), ORBITALS).sector


def cost(experiment: Experiment) -> Cost:
    """Expected CPU time and memory of an experiment.

    Raises:
        ProgramRejected: It cannot be run.
    """
    system = checked(experiment)
    if isinstance(system, QubitSystem) and system.driven:
        return driven.cost(system, experiment.points)
    qubits = problem.qubits_of(system, mapping=ORBITALS)
    rows = len(experiment.points)
    if experiment.method == "free_fermions":
        seconds = 0.001 + 1.2e-7 * float(qubits) ** 3
        return _cost(seconds * rows, 300 * qubits**2)
    if experiment.method == "mean_field":
        assert isinstance(system, QubitSystem)
        terms = len(system.hamiltonians(experiment.points[:1], np.zeros(1))[0].terms)
        return _cost((0.015 + 0.0012 * float(terms) ** 0.85) * rows, 2000 * terms)
    return _cost_of_states(experiment, system, qubits)


def _cost_of_states(experiment: Experiment, system: System, qubits: int) -> Cost:
    """Of diagonalization and of evolution by matrices or vectors."""
    rows = len(experiment.points)
    size = basis.dimension(qubits, sector_of(system))
    start = 0.0 if isinstance(system, QubitSystem) else MEAN_FIELD_S
    if isinstance(system, QubitSystem) and isinstance(system.state, Evolved):
        return _cost(_seconds_of_evolution(system, experiment, size), (400 + 60 * qubits) * size)
    state = state_of(system)
    if isinstance(state, Kicked):
        return _cost((0.001 + 2e-8 * (state.steps + 1) * qubits * size) * rows, 100 * size)
    largest = _largest_block(system, experiment, size)
    blocks = size / largest
    if isinstance(state, Thermal) or largest <= diagonalization.MAX_DENSE:
        # Blocks of a conserved number differ in size: together about half of equal ones.
        dense = 2.8e-10 * float(largest) ** 3 * (1 if blocks < 2 else 0.5 * blocks)
        return _cost((start + 0.003 + 0.003 * blocks + dense) * rows, 64 * largest**2)
    levels = 4 if any(name in NOT_LINEAR for name in experiment.observables) else 1
    # Electrons with fixed numbers reach fewer states by each term.
    lanczos = 3.5e-7 * levels * qubits * size * (0.5 if sector_of(system) else 1.0)
    return _cost((start + 0.01 + lanczos) * rows, (400 + 40 * qubits) * size)


def _largest_block(system: System, experiment: Experiment, size: int) -> int:
    """States of the largest block that the Hamiltonian of the first point leaves apart."""
    if not isinstance(system, QubitSystem) or system.sector:
        return size
    first = system.hamiltonians(experiment.points[:1], np.zeros(1))[0]
    middle = comb(system.qubits, system.qubits // 2)
    return middle if conserves_magnetisation(first) else size


def _cost(seconds: float, memory: int) -> Cost:
    return Cost(seconds=0.01 + seconds, memory_bytes=100_000_000 + memory)


def _seconds_of_evolution(system: QubitSystem, experiment: Experiment, size: int) -> float:
    """A matrix product for about a quarter of each unit of norm times time, where it is sparse."""
    times = system.durations(experiment.points)
    if size <= evolution.MAX_DENSE:
        return (0.001 + 3e-10 * float(size) ** 3) * len(times)
    first = system.hamiltonians(experiment.points[:1], np.zeros(1))[0]
    norm = sum(map(abs, first.terms.values()))
    return float(np.sum(0.01 + 1.8e-8 * system.qubits * size * (10 + norm * times)))


def _check_state(method: str, state: State) -> None:
    if type(state) not in STATES[method]:
        able = [name for name, kinds in STATES.items() if type(state) in kinds]
        raise ProgramRejected(
            f"{method} does not find the {state.to_dict()['kind']} state; allowed on exact: "
            + (", ".join(able) or "none"),
            field="/method",
        )


def _check_free(experiment: Experiment, system: QubitSystem) -> None:
    """Refuse what is not one of free fermions, as far as the first point tells."""
    if system.driven or system.qubits > free_fermions.MAX_QUBITS:
        raise ProgramRejected(
            f"free_fermions of {system.qubits} qubits; allowed: at most "
            f"{free_fermions.MAX_QUBITS}, and no waveforms",
            field="/system",
        )
    first = system.hamiltonians(experiment.points[:1], np.zeros(1))[0]
    reason = free_fermions.refusal(system, first)
    if reason:
        raise ProgramRejected(reason, field="/method")
    index = free_fermions.without_answer(system, experiment.observables)
    if index is not None:
        raise ProgramRejected(
            f"free_fermions does not give {experiment.observables[index]}; allowed: levels and "
            "Pauli sums",
            field=f"/observables/{index}",
        )


def _check_size(method: str, system: System) -> None:
    """Refuse what does not fit, in qubits or in the states of a sector."""
    qubits = problem.qubits_of(system, mapping=ORBITALS)
    if method == "mean_field":
        if qubits > MAX_QUBITS_OF_MEAN_FIELD:
            raise ProgramRejected(
                f"{qubits} qubits for mean_field; allowed: at most {MAX_QUBITS_OF_MEAN_FIELD}",
                field="/system",
            )
        return
    most = (
        thermal.MAX_STATES if isinstance(state_of(system), Thermal) else diagonalization.MAX_STATES
    )
    if isinstance(system, QubitSystem) and system.driven:
        most = 2**driven.MAX_QUBITS
    size = basis.dimension(qubits, sector_of(system)) if qubits <= basis.MAX_QUBITS else None
    if size is None or size > most:
        states = f"{size} basis states" if size else "too many basis states"
        raise ProgramRejected(
            f"{qubits} qubits with {states} for {method} of this state; allowed: at most "
            f"{most.bit_length() - 1} qubits, or {most} states where numbers are conserved",
            field="/system",
        )


def _check_levels(experiment: Experiment, system: System) -> None:
    """Refuse what is neither a level of a molecule nor linear."""
    able = (*problem.linear_observables(system), *molecular_observables.LEVELS)
    for index, name in enumerate(experiment.observables):
        if name not in able:
            raise ProgramRejected(
                f"ed does not find the {name} of a molecule; allowed: {', '.join(able)}",
                field=f"/observables/{index}",
            )


def _check_mean_field(experiment: Experiment, system: System) -> None:
    if sector_of(system):
        raise ProgramRejected(
            "a product state does not keep the numbers that this system fixes; allowed: the method "
            "ed, or a system that fixes none",
            field="/method",
        )
    for index, name in enumerate(experiment.observables):
        if name in NOT_LINEAR:
            raise ProgramRejected(
                f"a product state has no {name}; allowed: the expectation values, or the method ed",
                field=f"/observables/{index}",
            )
