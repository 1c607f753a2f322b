"""The variational quantum eigensolver: Peruzzo et al., Nat. Commun. 5, 4213 (2014).

The angles are optimised by classical simulation: on exact energies of a noise-free state vector,
or, by SPSA, on energies sampled from it. A device or simulator then measures the observables of the
circuits with these angles. Shots are counted per measurement group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from backends.classical.basis import states
from backends.errors import ProgramRejected
from backends.methods.problem import Problem, linear_observables, problem
from backends.methods.program import Part, Program
from backends.methods.variational.ansatz import Ansatz
from backends.methods.variational.choice import TWO_ELECTRON, ansatz_for
from backends.methods.variational.deflation import LEVELS, levels, program
from backends.methods.variational.landscape import Landscape, kernel
from backends.methods.variational.lowest import elsewhere
from backends.methods.variational.optimum import Optimum
from backends.methods.variational.search import Hunt, optimizer_of
from backends.methods.variational.settings import ROTOSOLVE, SPSA, Search, integer
from backends.schema import Experiment, RunOptions
from backends.schema.experiment import FloatArray
from backends.systems import Molecule, QubitSystem, System, check
from backends.systems.qubit_system import HAMILTONIAN
from backends.systems.state import Ground


def validate(experiment: Experiment, options: RunOptions) -> System:
    """Check what VQE can run, without loading a solver.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    system = ground_system(experiment)
    search = Search.read(experiment.settings)
    ansatz = chosen(experiment, system)
    if search.optimizer == SPSA and wanted_levels(experiment):
        raise ProgramRejected(
            f"optimizer = {SPSA!r} samples energies, not the overlaps that excited levels need; "
            "allowed: gradient, rotosolve",
            field="/settings/optimizer",
        )
    if optimizer_of(ansatz, search) == ROTOSOLVE and not ansatz.single_frequency:
        raise ProgramRejected(
            f"optimizer = {ROTOSOLVE!r} needs angles that turn one word each, which those of "
            f"{ansatz.name} do not; allowed: gradient, spsa",
            field="/settings/optimizer",
        )
    return system


def ground_system(experiment: Experiment) -> System:
    """The system, if its ground state is asked about by observables that circuits measure.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    system = check(experiment)
    if isinstance(system, QubitSystem) and (not isinstance(system.state, Ground) or system.driven):
        raise ProgramRejected(
            f"{experiment.method} finds ground states; allowed: a system without a state",
            field="/system/state",
        )
    if (
        isinstance(system, QubitSystem)
        and HAMILTONIAN not in system.operators(experiment.points[:1])[0]
    ):
        raise ProgramRejected(
            f"a {system.kind} has no Hamiltonian; allowed: systems with one", field="/system/kind"
        )
    allowed = linear_observables(system)
    if experiment.method == "vqe":
        known = {observable.name for observable in system.observables}
        allowed += tuple(name for name in LEVELS if name in known)
    for index, name in enumerate(experiment.observables):
        if name not in allowed:
            raise ProgramRejected(
                f"{name} is not measured by {experiment.method}; allowed: {', '.join(allowed)}",
                field=f"/observables/{index}",
            )
    return system


def chosen(experiment: Experiment, system: System) -> Ansatz:
    """The ansatz that the settings choose.

    Raises:
        ProgramRejected: It does not fit the system.
    """
    return ansatz_for(
        system,
        name=experiment.settings.get("ansatz"),
        layers=integer(experiment.settings, "layers"),
        levels=wanted_levels(experiment) > 0,
    )


def wanted_levels(experiment: Experiment) -> int:
    """How many levels above the ground level the observables need."""
    return max((LEVELS.get(name, 0) for name in experiment.observables), default=0)


def prepare(experiment: Experiment, system: System) -> Program:
    """Build and optimise the program at every point."""
    posed = problem(system, experiment.points)
    ansatz, search = chosen(experiment, system), Search.read(experiment.settings)
    failures = dict(posed.failures)
    rows = [row for row in range(len(experiment.points)) if row not in failures]
    if wanted_levels(experiment):
        return _levels(experiment, system, posed, rows)
    angles = np.zeros((len(experiment.points), ansatz.parameters))
    if rows:
        best = optimised(posed, rows, ansatz, search)
        angles[rows] = best.parameters
        failures |= {
            row: f"vqe did not converge: {best.reason}"
            for row, done in zip(rows, best.converged, strict=True)
            if not done
        } | _elsewhere(system, posed, ansatz, {row: angles[row] for row in rows})
    kept = np.array([row for row in rows if row not in failures], dtype=np.int64)
    parts = (Part(rows=kept, circuit=ansatz.circuit, angles=ansatz.angles(angles[kept])),)
    return Program(
        parts=parts if len(kept) else (),
        operators=observed(posed, experiment, failures),
        facts=facts(system, ansatz, search),
        raw=[{"parameters": row.tolist()} for row in angles],
        failures=failures,
    )


def _elsewhere(
    system: System, posed: Problem, ansatz: Ansatz, angles: Mapping[int, FloatArray]
) -> dict[int, str]:
    """Points at which the optimum is an eigenstate, yet not of the lowest level."""
    made = kernel(ansatz)
    basis = (
        states(system.qubits, system.sector)
        if isinstance(system, QubitSystem)
        else made.space.members
    )
    operators = [posed.operators[row][HAMILTONIAN] for row in angles]
    found = elsewhere(operators, basis, made.vectors(np.array(list(angles.values()))))
    rows = list(angles)
    return {
        rows[place]: f"vqe found {reason}, from which {ansatz.name} does not lead"
        for place, reason in found.items()
    }


def _levels(experiment: Experiment, system: System, posed: Problem, rows: Sequence[int]) -> Program:
    """The same with excited levels."""
    ansatz, search = chosen(experiment, system), Search.read(experiment.settings)
    failures = dict(posed.failures)
    found: dict[int, list[FloatArray]] = {}
    overlaps: dict[int, float] = {}
    if rows:
        operators = [posed.operators[row][HAMILTONIAN] for row in rows]
        best = levels(operators, ansatz, search, wanted_levels(experiment))
        failures |= {rows[place]: reason for place, reason in best.failures.items()}
        for place, row in enumerate(rows):
            if row not in failures:
                found[row] = [at[place] for at in best.parameters]
                overlaps[row] = float(best.overlaps[place])
    made = program(posed, experiment.observables, ansatz, found, failures)
    shown = facts(system, ansatz, search) | {"excited": "deflation, one circuit for each level"}
    raw = [
        {**entry, "overlap": overlaps[row]} if row in overlaps else entry
        for row, entry in enumerate(made.raw)
    ]
    return replace(made, facts=shown, raw=raw)


def optimised(posed: Problem, rows: Sequence[int], ansatz: Ansatz, search: Search) -> Optimum:
    """The best parameters at some points."""
    operators = [posed.operators[row][HAMILTONIAN] for row in rows]
    landscape = Landscape.of(kernel(ansatz), operators)
    return Hunt(ansatz=ansatz, operators=operators, landscape=landscape, search=search).best()


def observed(posed: Problem, experiment: Experiment, failures: Any) -> list[list[Any]]:
    """The wanted operators of each point; none where it failed."""
    return [
        [] if row in failures else [found[name] for name in experiment.observables]
        for row, found in enumerate(posed.measurables)
    ]


def facts(system: System, ansatz: Ansatz, search: Search) -> dict[str, Any]:
    """For the provenance."""
    name = optimizer_of(ansatz, search)
    on = (
        f"energies sampled by {search.shots} shots per group of words"
        if name == SPSA
        else ("a noise-free state vector")
    )
    shown: dict[str, Any] = {
        "ansatz": ansatz.name,
        "parameters": ansatz.parameters,
        "optimisation": f"classical simulation: {on}, {name}",
        "optimizer_seed": search.seed,
    }
    if isinstance(system, Molecule):
        shown |= {"energy": "total: electronic + nuclear", "unit": "hartree"}
    if ansatz.name == TWO_ELECTRON:
        shown["rotations"] = [turn.words[0][0].label(ansatz.qubits) for turn in ansatz.turns]
    return shown
