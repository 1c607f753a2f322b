"""Quantum circuits on Qiskit Aer, sampled or exact, ideal or noisy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

import numpy as np

from backends.base import Capabilities, Kind
from backends.errors import ProgramRejected
from backends.methods import programs
from backends.methods.expectation import Operators, expectations
from backends.methods.program import Program
from backends.schema import Cost, Experiment, KnobLimit, RunOptions
from backends.schema.experiment import FloatArray
from backends.simulators import aer_cost, aer_runs, noise, rule
from backends.simulators.aer_cost import BOND, DEFAULT_BOND
from backends.simulators.circuit_backend import CircuitBackend, Run
from backends.simulators.noise import Noise
from backends.simulators.rule import Choice
from backends.simulators.sampling import distributions
from backends.simulators.state_backend import drawn
from backends.systems.pauli import ComplexArray
from backends.tensor.knob import truncated

METHODS = tuple(programs.METHODS)
SIMULATION = "simulation"
MOST = {
    rule.AUTOMATIC: rule.MOST_MPS,
    rule.STATEVECTOR: rule.MOST_STATEVECTOR,
    rule.DENSITY: rule.MOST_DENSITY,
    rule.MPS: rule.MOST_MPS,
    rule.STABILIZER: rule.MOST_STABILIZER,
}


class AerBackend(CircuitBackend):
    """Circuits on one of Aer's simulations; ``shots=None`` gives the exact expectation.

    The setting ``simulation`` chooses it, by `backends.simulators.rule` when it is ``automatic``. A
    matrix product state keeps ``bond_dimension`` (a knob) and runs again at twice that: the
    difference is the truncation error, of which Aer itself reports nothing.
    """

    name = "aer"
    title = "Qiskit Aer"
    packages = ("qiskit", "qiskit-aer")
    capabilities = Capabilities(
        kind=Kind.SIMULATOR,
        methods=METHODS,
        max_qubits=rule.MOST_STABILIZER,
        max_shots=1_000_000,
        exact=True,
        knobs=((BOND, 1.0, 1024.0), *programs.knobs(*METHODS)),
        settings=(
            (SIMULATION, rule.SIMULATIONS),
            *noise.SETTINGS,
            *programs.settings(*METHODS),
        ),
    )

    def limits(self, method: str, settings: Mapping[str, Any]) -> tuple[KnobLimit, ...]:
        own = super().limits(method, settings)
        if method in programs.SOLVED or _wanted(settings) not in {rule.AUTOMATIC, rule.MPS}:
            return own
        return (truncated(BOND, DEFAULT_BOND), *own)

    def warm(self) -> None:
        """Import Qiskit, Aer and PySCF."""
        import_module("qiskit_aer.noise")
        super().warm()

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        super().check(experiment, options)
        _check_bond(experiment)
        _check_noise(experiment.settings, options)
        _check_solved(experiment)

    def check_size(self, qubits: int, experiment: Experiment, options: RunOptions) -> None:
        wanted = _wanted(experiment.settings)
        if qubits > MOST[wanted]:
            raise ProgramRejected(
                f"{qubits} qubits with {SIMULATION} = {wanted}; allowed: at most {MOST[wanted]}",
                field="/system",
            )
        if options.shots is None:
            noise.check_size(self.name, qubits, experiment.settings, rule.MOST_DENSITY)

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        system = programs.validate(experiment, options)
        return aer_cost.estimate(experiment, options, system, _wanted(experiment.settings))

    def counts(self, run: Run) -> list[list[dict[str, int]]]:
        simulation = choice(run).simulation
        if simulation == rule.DENSITY:
            return drawn(run, aer_runs.density_matrices(run))
        if simulation == rule.STABILIZER:
            return aer_runs.stabilizer_counts(run)
        if simulation == rule.MPS:
            return _product_state_counts(run)
        return aer_runs.statevector_counts(run)

    def states(self, run: Run) -> Iterable[ComplexArray]:
        return aer_runs.statevectors(run)

    def expectations(self, run: Run, operators: Operators) -> FloatArray:
        simulation, flip = choice(run).simulation, Noise.of(run.settings).readout_error
        if simulation == rule.STABILIZER:
            return aer_runs.stabilizer_values(run, operators)
        if simulation == rule.MPS:
            return _product_state_values(run, operators, 1)
        dense = simulation == rule.DENSITY
        states = aer_runs.density_matrices(run) if dense else self.states(run)
        return expectations(states, operators, flip=flip)

    def distributions(self, run: Run) -> Iterable[FloatArray]:
        if choice(run).simulation != rule.DENSITY:
            return super().distributions(run)
        flip = Noise.of(run.settings).readout_error
        return distributions(aer_runs.density_matrices(run), run.circuit.qubits, flip)

    def truncation_errors(
        self, run: Run, operators: Operators, values: FloatArray | None
    ) -> FloatArray | None:
        if _wanted(run.settings) == rule.STATEVECTOR or choice(run).simulation != rule.MPS:
            return None
        single = _product_state_values(run, operators, 1) if values is None else values
        return np.abs(_product_state_values(run, operators, 2) - single)

    def facts(self, program: Program, experiment: Experiment) -> dict[str, Any]:
        return {"details": {SIMULATION: _explained(program, experiment)}}


def choice(run: Run) -> Choice:
    """The simulation of one part, and why."""
    wanted = _wanted(run.settings)
    noisy = Noise.of(run.settings).in_gates
    if wanted != rule.AUTOMATIC:
        return Choice(wanted, "as asked")
    return rule.choose(run.circuit, noisy=noisy, bond=int(_bonds(run).min()))


def _wanted(settings: Mapping[str, Any]) -> str:
    return str(settings.get(SIMULATION, rule.AUTOMATIC))


def _bonds(run: Run) -> FloatArray:
    """Bond dimension of each row, shape ``(R,)``."""
    given = run.knobs.get(BOND)
    return np.full(len(run.angles), float(DEFAULT_BOND)) if given is None else given


def _product_state_values(run: Run, operators: Operators, times: int) -> FloatArray:
    """Values of rows whose bond dimension is multiplied, shape ``(R, O)``."""
    values, bonds = np.empty((len(operators), len(operators[0]))), _bonds(run)
    for bond in np.unique(bonds):
        rows = np.flatnonzero(bonds == bond)
        chosen = [operators[row] for row in rows.tolist()]
        values[rows] = aer_runs.product_state_values(run, rows, chosen, int(bond) * times)
    return values


def _product_state_counts(run: Run) -> list[list[dict[str, int]]]:
    counts: list[list[dict[str, int]]] = [[] for _ in run.angles]
    bonds = _bonds(run)
    for bond in np.unique(bonds):
        rows = np.flatnonzero(bonds == bond)
        seen = aer_runs.product_state_counts(run, rows, int(bond))
        for row, groups in zip(rows, seen, strict=True):
            counts[row] = groups
    return counts


def _check_bond(experiment: Experiment) -> None:
    if BOND not in experiment.knobs:
        return
    wanted = _wanted(experiment.settings)
    if wanted not in {rule.AUTOMATIC, rule.MPS}:
        raise ProgramRejected(
            f"{SIMULATION} = {wanted} has no {BOND}; allowed with {rule.MPS} and {rule.AUTOMATIC}",
            field=f"/knobs/{BOND}",
        )
    for row, value in enumerate(experiment.knob_values[:, experiment.knobs.index(BOND)]):
        if value != round(value):
            raise ProgramRejected(
                f"{BOND} = {value:g}; allowed: whole numbers", field=f"/knobs/{BOND}/{row}"
            )


def _check_noise(settings: Mapping[str, Any], options: RunOptions) -> None:
    wanted = _wanted(settings)
    if wanted == rule.STATEVECTOR and options.shots is None and Noise.of(settings).in_gates:
        raise ProgramRejected(
            f"{SIMULATION} = {wanted} with noise in gates and no shots; allowed: shots (each a "
            f"trajectory), or {rule.DENSITY}",
            field=f"/settings/{SIMULATION}",
        )
    if wanted in {rule.MPS, rule.STABILIZER} and Noise.of(settings).in_gates:
        raise ProgramRejected(
            f"{SIMULATION} = {wanted} has no noise in gates; allowed: {rule.AUTOMATIC}, "
            f"{rule.DENSITY}, or {rule.STATEVECTOR} (trajectories)",
            field=f"/settings/{SIMULATION}",
        )


def _check_solved(experiment: Experiment) -> None:
    """Refuse what would truncate a distribution that is solved for, without saying how far."""
    wanted = _wanted(experiment.settings)
    if experiment.method in programs.SOLVED and wanted in {rule.MPS, rule.STABILIZER}:
        raise ProgramRejected(
            f"{SIMULATION} = {wanted} for {experiment.method}; allowed: {rule.AUTOMATIC}, "
            f"{rule.STATEVECTOR}, {rule.DENSITY}",
            field=f"/settings/{SIMULATION}",
        )


def _explained(program: Program, experiment: Experiment) -> list[dict[str, str]]:
    """What ran each part, and why."""
    noisy = Noise.of(experiment.settings).in_gates
    wanted = _wanted(experiment.settings)
    bond = DEFAULT_BOND
    if BOND in experiment.knobs:
        bond = int(experiment.knob_values[:, experiment.knobs.index(BOND)].min())
    found = []
    for part in program.parts:
        one = Choice(wanted, "as asked")
        if wanted == rule.AUTOMATIC:
            one = rule.choose(part.circuit, noisy=noisy, bond=bond)
        name = "trajectories" if noisy and one.simulation == rule.STATEVECTOR else one.simulation
        found.append({"name": name, "because": one.because})
    return found
