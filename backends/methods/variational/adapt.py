"""ADAPT-VQE: grow the circuit by the operator along which the energy falls fastest.

Grimsley, Economou, Barnes and Mayhall, Nat. Commun. 10, 3007 (2019): at each step the gradient
``<psi| [H, A_k] |psi>`` of every operator of a pool is taken; the one of largest modulus is
appended with a parameter of its own, and all parameters are optimised anew, from where they were
and with the curvature that was found there.
It ends when the norm of the pool's gradient is below ``gradient_threshold``. Every point grows its
own circuit, alone.

Where all operators leave the energy stationary, and the state is no eigenstate, there is no answer:
``|H psi - E psi|`` then is many times the gradient, instead of of its order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.methods.problem import problem, qubits_of
from backends.methods.program import Part, Program
from backends.methods.variational import gradient
from backends.methods.variational.ansatz import Ansatz, Turn
from backends.methods.variational.choice import MAX_QUBITS
from backends.methods.variational.landscape import Kernel, Landscape
from backends.methods.variational.pool import pool
from backends.methods.variational.settings import DEFAULT_ITERATIONS, GRADIENT, integer
from backends.methods.variational.space import Space, States
from backends.methods.variational.statevector import prepared
from backends.methods.variational.vqe import ground_system, observed
from backends.schema import Experiment, RunOptions
from backends.schema.experiment import FloatArray
from backends.systems import Molecule, System
from backends.systems.pauli import PauliSum
from backends.systems.qubit_system import HAMILTONIAN

DEFAULT_THRESHOLD = 1e-3
DEFAULT_OPERATORS = 150
STATIONARY = 1e-3
"""Gradient relative to the spread of the energy below which a state is a trap."""
_ALONE = np.arange(1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grown:
    """What grew at one point.

    Attributes:
        parameters: Shape ``(T,)``.
        norm: Of the pool's gradient at the end.
        spread: Standard deviation of the energy of the state.
        failure: Why there is no answer, or empty.
    """

    ansatz: Ansatz
    parameters: FloatArray
    norm: float
    spread: float
    failure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When to stop.

    Attributes:
        given: Whether the user set the number of operators: then reaching it is an answer.
    """

    threshold: float
    operators: int
    given: bool
    iterations: int

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> Limits:
        """Read the settings of an experiment.

        Raises:
            ProgramRejected: One that counts is not a whole number.
        """
        operators = integer(settings, "max_operators")
        return cls(
            threshold=float(settings.get("gradient_threshold", DEFAULT_THRESHOLD)),
            operators=operators or DEFAULT_OPERATORS,
            given=operators is not None,
            iterations=integer(settings, "iterations") or DEFAULT_ITERATIONS[GRADIENT],
        )


def validate(experiment: Experiment, options: RunOptions) -> System:
    """Check what ADAPT-VQE can run, without loading a solver.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    system = ground_system(experiment)
    Limits.read(experiment.settings)
    qubits = qubits_of(system)
    if qubits > MAX_QUBITS:
        raise ProgramRejected(
            f"{qubits} qubits, whose circuit is grown by classical simulation; allowed: at most "
            f"{MAX_QUBITS}",
            field="/system",
        )
    return system


def prepare(experiment: Experiment, system: System) -> Program:
    """Grow a circuit at every point."""
    posed, limits = problem(system, experiment.points), Limits.read(experiment.settings)
    start, turns = pool(system)
    empty = Ansatz(name="adapt", qubits=posed.qubits, start=start, steps=(), parameters=0)
    space = Space.reached(prepared(start, posed.qubits), turns)
    failures, grown = dict(posed.failures), {}
    for row, operators in enumerate(posed.operators):
        if row not in failures:
            grown[row] = grow(operators[HAMILTONIAN], empty, turns, space, limits)
            if grown[row].failure:
                failures[row] = grown[row].failure
    facts: dict[str, Any] = {
        "pool": len(turns),
        "optimisation": f"classical simulation: a noise-free state vector, {GRADIENT}",
        "gradient_threshold": limits.threshold,
    }
    if isinstance(system, Molecule):
        facts |= {"energy": "total: electronic + nuclear", "unit": "hartree"}
    return Program(
        parts=_parts({row: one for row, one in grown.items() if row not in failures}),
        operators=observed(posed, experiment, failures),
        facts=facts,
        raw=[_raw(grown.get(row)) for row in range(len(experiment.points))],
        failures=failures,
    )


def grow(
    operator: PauliSum, empty: Ansatz, turns: tuple[Turn, ...], space: Space, limits: Limits
) -> Grown:
    """Grow one point's circuit."""
    ansatz, parameters = empty, np.zeros((1, 0))
    landscape = Landscape(Kernel(ansatz, space), space.operator([operator]), 1)
    rotations = [space.rotation(turn) for turn in turns]
    failure, inverse = "", np.zeros((1, 0, 0))
    while True:
        states = landscape.kernel.states(parameters)
        moved = landscape.operator.apply(states, _ALONE)
        slopes = np.array([float(turn.slope(moved, states)[0]) for turn in rotations])
        norm = float(np.linalg.norm(slopes))
        if norm < limits.threshold or failure:
            break
        if ansatz.parameters == limits.operators:
            failure = (
                ""
                if limits.given
                else (
                    f"adapt did not converge: the gradient is {norm:.1e} with {limits.operators} "
                    "operators"
                )
            )
            break
        # Equal slopes must not be told apart by rounding.
        best = turns[int(np.argmax(np.round(np.abs(slopes), 10)))]
        step = Turn(best.words, ansatz.parameters)
        ansatz = replace(ansatz, steps=(*ansatz.steps, step), parameters=ansatz.parameters + 1)
        landscape = replace(landscape, kernel=Kernel(ansatz, space))
        first = np.concatenate([parameters, np.zeros((1, 1))], axis=1)
        found, inverse = gradient.resumed(landscape, first, limits.iterations, _wider(inverse))
        parameters = found.parameters
        if not found.converged[0]:
            failure = f"adapt did not converge: {found.reason}"
    spread = _spread(states, moved)
    if not failure and norm < STATIONARY * spread and spread > limits.threshold:
        failure = (
            f"adapt is trapped: every operator leaves the energy stationary, whose spread is "
            f"{spread:.1e}"
        )
    return Grown(ansatz=ansatz, parameters=parameters[0], norm=norm, spread=spread, failure=failure)


def _spread(states: States, moved: States) -> float:
    """``|H psi - E psi|`` of the only column."""
    mean = np.vdot(states[:, 0], moved[:, 0])
    return float(np.linalg.norm(moved[:, 0] - mean * states[:, 0]))


def _wider(inverse: FloatArray) -> FloatArray:
    """An inverse Hessian of one parameter more, which bends as the others do on average."""
    size = inverse.shape[1]
    wider = np.zeros((1, size + 1, size + 1))
    wider[:, :size, :size] = inverse
    wider[:, size, size] = np.trace(inverse[0]) / size if size else 1.0
    return wider


def _parts(grown: Mapping[int, Grown]) -> tuple[Part, ...]:
    """Points with one circuit share a part."""
    rows: dict[Any, list[int]] = {}
    for row, one in grown.items():
        rows.setdefault(one.ansatz.circuit, []).append(row)
    return tuple(
        Part(
            rows=np.array(members, dtype=np.int64),
            circuit=circuit,
            angles=np.concatenate(
                [grown[row].ansatz.angles(grown[row].parameters[None]) for row in members]
            ),
        )
        for circuit, members in rows.items()
    )


def _raw(grown: Grown | None) -> dict[str, Any]:
    if grown is None:
        return {}
    return {
        "parameters": grown.parameters.tolist(),
        "operators": [
            [[word.label(grown.ansatz.qubits), factor] for word, factor in turn.words]
            for turn in grown.ansatz.turns
        ],
        "gradient_norm": grown.norm,
        "energy_spread": grown.spread,
    }
