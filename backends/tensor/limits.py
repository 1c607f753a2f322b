"""What the tensor methods can run, and what it takes; loads neither TeNPy nor a solver.

A search costs about ``sweeps n (a + b chi^3 D)``: ``D`` states of the operator, ``chi`` at most
what the chain can hold; the constants were measured on one core, those of evolution on a quench of
an Ising chain.
"""

from __future__ import annotations

import numpy as np

from backends.errors import ProgramRejected
from backends.methods.problem import linear_observables, qubits_of
from backends.schema import Cost, Experiment
from backends.systems import QubitSystem, System
from backends.systems import check as check_system
from backends.systems.pauli import PauliSum
from backends.systems.qubit_observables import ENTROPY, FIRST, GAP, RETURN
from backends.systems.qubit_system import HAMILTONIAN
from backends.systems.state import Evolved, Ground
from backends.tensor.evolution import STEP, courses, reach, usual_step
from backends.tensor.size import operator_width, usual_width
from backends.tensor.start import check_sector
from backends.tensor.strings import Strings, conserving, strings

BOND_DIMENSION = "bond_dimension"
DEFAULT_BOND_DIMENSION = 32
MAX_QUBITS = 128
MIN_QUBITS = 3
MAX_BYTES = 6_000_000_000
MAPPING = "jordan_wigner"
"""Of a molecule's electrons: it keeps their numbers visible as counts of ones."""
SWEEPS = (10.0, 4.5)
"""Of the two searches at a bond dimension together, and of the one at twice that."""
SWEEPS_CONSERVING = (16.0, 6.0)
START_SECONDS = 0.05
SECONDS_PER_UPDATE = 2.6e-3
SECONDS_PER_NUMBER = 2.5e-9
TIME_STEP = "time_step"
CUTS_PER_STEP = 10
"""Layers of a fourth-order step, each with half of the bonds, forth and back."""
SECONDS_PER_CUT = 7e-5
SECONDS_PER_CUBE = 6e-9
LONGEST_SECONDS = 1e6


def system_of(experiment: Experiment) -> System:
    """The system, checked with its controls, points and observables."""
    return check_system(experiment)


def bond_dimensions(experiment: Experiment) -> list[int]:
    """The knob of each point."""
    if BOND_DIMENSION not in experiment.knobs:
        return [DEFAULT_BOND_DIMENSION] * len(experiment.points)
    column = experiment.knob_values[:, experiment.knobs.index(BOND_DIMENSION)]
    return [int(value) for value in column]


def check(experiment: Experiment) -> None:
    """Refuse what cannot run.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    system = system_of(experiment)
    qubits = qubits_of(system, mapping=MAPPING)
    if not MIN_QUBITS <= qubits <= MAX_QUBITS:
        raise ProgramRejected(
            f"{qubits} qubits for {experiment.method}; allowed: {MIN_QUBITS} to {MAX_QUBITS}",
            field="/system",
        )
    _check_knob(experiment)
    _check_setting(experiment)
    _check_state(experiment, system)
    _check_observables(experiment, system)
    if isinstance(system, QubitSystem) and experiment.method == "dmrg":
        check_sector(system.sector)
        _check_conserved(experiment, system)
    expected = cost(experiment)
    if expected.seconds > LONGEST_SECONDS:
        raise ProgramRejected(
            f"{experiment.method} would take about {expected.seconds:.0e} s; allowed: "
            f"{LONGEST_SECONDS:.0e} s, so fewer points, shorter times or a lower bond dimension",
            field="/points",
        )
    needed, most = expected.memory_bytes, max(bond_dimensions(experiment))
    if needed > MAX_BYTES:
        raise ProgramRejected(
            f"bond dimension {most}, run at twice that too, needs about {needed / 1e9:.0f} GB; "
            f"allowed: {MAX_BYTES / 1e9:.0f} GB, so a lower one",
            field=f"/knobs/{BOND_DIMENSION}",
        )


def cost(experiment: Experiment) -> Cost:
    """Seconds and memory of an experiment that passes `check`."""
    system = system_of(experiment)
    qubits = qubits_of(system, mapping=MAPPING)
    if experiment.method == "tebd" and isinstance(system, QubitSystem):
        return _cost_of_evolution(experiment, system)
    width = _width(experiment, system, qubits)
    states = 2 if {GAP, FIRST} & set(experiment.observables) else 1
    conserves = not isinstance(system, QubitSystem) or bool(system.sector)
    first, finer = SWEEPS_CONSERVING if conserves else SWEEPS
    seconds, memory = START_SECONDS, 0.0
    for size in bond_dimensions(experiment):
        whole = size >= 2 ** (qubits // 2)
        for chi, sweeps in ((size, first), (2 * size, 0.0 if whole else finer)):
            bonds = np.array(usual_width(qubits, chi), dtype=float)
            cubes = SECONDS_PER_NUMBER * width * float(np.sum(bonds**3))
            seconds += states * sweeps * 2 * ((qubits - 2) * SECONDS_PER_UPDATE + cubes)
            memory = max(memory, 24.0 * float(np.sum(bonds**2)) * (width + 4))
    return Cost(seconds=seconds, memory_bytes=200_000_000 + int(memory), interpreted=True)


def time_step(experiment: Experiment, hamiltonian: PauliSum) -> float:
    """The setting, or a step that suits the Hamiltonian."""
    return float(experiment.settings.get(TIME_STEP, usual_step(hamiltonian)))


def _cost_of_evolution(experiment: Experiment, system: QubitSystem) -> Cost:
    """Points of one Hamiltonian and bond dimension cost what the latest of them does."""
    hamiltonians = [one[HAMILTONIAN] for one in system.operators(experiment.points)]
    durations, sizes = system.durations(experiment.points), bond_dimensions(experiment)
    seconds, memory = START_SECONDS, 0.0
    for rows in courses(hamiltonians, sizes):
        hamiltonian = hamiltonians[rows[0]]
        step = time_step(experiment, hamiltonian)
        latest = float(durations[rows].max())
        steps = latest / step + len(rows)
        # What a product state can have become; from above, as measured on quenched Ising chains.
        grown = 2.0 ** min(1 + latest * STEP / usual_step(hamiltonian), 20.0)
        cuts = CUTS_PER_STEP * reach(hamiltonian)
        for chi, refined in ((sizes[rows[0]], 1), (2 * sizes[rows[0]], 2)):
            bonds = np.minimum(usual_width(system.qubits, chi), grown)
            cut = SECONDS_PER_CUT + SECONDS_PER_CUBE * float(np.mean(bonds**3))
            seconds += refined * steps * cuts * cut
            memory = max(memory, 400 * system.qubits * float(bonds.max()) ** 2 * len(rows))
    return Cost(seconds=seconds, memory_bytes=150_000_000 + int(memory), interpreted=True)


def _width(experiment: Experiment, system: System, qubits: int) -> int:
    if not isinstance(system, QubitSystem):
        return 2 * (qubits // 2) ** 2 + 3 * qubits + 2  # of an integral table, from above
    return operator_width(_terms(experiment, system), qubits)


def _terms(experiment: Experiment, system: QubitSystem) -> Strings:
    masks = tuple(mask for mask, _ in system.sector)
    return strings(system.operators(experiment.points[:1])[0][HAMILTONIAN], masks)


def _check_setting(experiment: Experiment) -> None:
    if experiment.method != "tebd" and TIME_STEP in experiment.settings:
        raise ProgramRejected(
            f"{experiment.method} does not use {TIME_STEP}; allowed: none of its own",
            field=f"/settings/{TIME_STEP}",
        )


def _check_knob(experiment: Experiment) -> None:
    if BOND_DIMENSION not in experiment.knobs:
        return
    column = experiment.knob_values[:, experiment.knobs.index(BOND_DIMENSION)]
    for row, value in enumerate(column.tolist()):
        if value != round(value):
            raise ProgramRejected(
                f"{BOND_DIMENSION} = {value:g}; allowed: whole numbers",
                field=f"/knobs/{BOND_DIMENSION}/{row}",
            )


def _check_state(experiment: Experiment, system: System) -> None:
    evolves = experiment.method == "tebd"
    if not isinstance(system, QubitSystem):
        if evolves:
            raise ProgramRejected(
                f"tebd cannot evolve a {system.kind}; allowed: systems of qubits",
                field="/system/kind",
            )
        return
    if system.driven or not isinstance(system.state, Evolved if evolves else Ground):
        state = "driven" if system.driven else system.state.to_dict()["kind"]
        wanted = 'a state {"kind": "evolved", …}' if evolves else "a system without a state"
        raise ProgramRejected(
            f"{experiment.method} does not find a {state} state; allowed: {wanted}",
            field="/system/state",
        )


def _check_observables(experiment: Experiment, system: System) -> None:
    own: tuple[str, ...] = (FIRST, GAP, ENTROPY) if isinstance(system, QubitSystem) else ()
    if experiment.method == "tebd":
        own = (RETURN, ENTROPY)
    known = (*linear_observables(system), *own)
    for index, name in enumerate(experiment.observables):
        if name not in known:
            raise ProgramRejected(
                f"{experiment.method} has no {name}; allowed: {', '.join(known)}",
                field=f"/observables/{index}",
            )


def _check_conserved(experiment: Experiment, system: QubitSystem) -> None:
    masks = tuple(mask for mask, _ in system.sector)
    if not masks:
        return
    terms = _terms(experiment, system)
    if len(conserving(terms, masks)) < len(terms):
        raise ProgramRejected(
            "the Hamiltonian changes a number that the system fixes; allowed: Hamiltonians that "
            "conserve it",
            field="/system",
        )
