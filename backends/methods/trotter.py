"""Trotterised time evolution: ``exp(-i H t)`` as a product of short rotations.

First and second order (Suzuki, Commun. Math. Phys. 51, 183 (1976)). The knob ``trotter_steps`` has
its limit at infinity; the error falls with the first or second power of the step. Words that
commute make one layer, in which no splitting occurs; diagonal words come first. A driven
Hamiltonian is taken in the middle of each step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.errors import ProgramRejected
from backends.methods.circuit import Circuit, Gate, product_state, rotation
from backends.methods.measured import check_measured
from backends.methods.program import Program, parts_by
from backends.schema import Experiment, KnobLimit, RunOptions
from backends.schema.experiment import FloatArray
from backends.systems import QubitSystem, check
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.qubit_system import HAMILTONIAN
from backends.systems.state import Evolved

STEPS = "trotter_steps"
KNOB = (STEPS, 1.0, 1000.0)
DEFAULT_STEPS = 16
DEFAULT_ORDER = 2
ORDERS = (1, 2)
MOST_GATES = 200_000


def validate(experiment: Experiment, options: RunOptions) -> QubitSystem:
    """Check what can be evolved by circuits, without loading a simulator.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    system = check(experiment)
    if not isinstance(system, QubitSystem) or not isinstance(system.state, Evolved):
        raise ProgramRejected(
            f"trotter evolves a state in time; this {system.kind} asks for another state; allowed: "
            'a qubit system with "state": {"kind": "evolved", …}',
            field="/system/state",
        )
    check_circuit(experiment, system)
    return system


def check_circuit(experiment: Experiment, system: QubitSystem) -> None:
    """Check the observables, the steps and the size of what `prepare` would build.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    check_measured(experiment, system)
    steps = _steps(experiment)
    for row, count in enumerate(steps):
        if count != round(count):
            raise ProgramRejected(
                f"{STEPS} = {count:g}; allowed: whole numbers", field=f"/knobs/{STEPS}/{row}"
            )
    if isinstance(system.state, Evolved):
        points = experiment.points
        least = system.durations(points) / system.longest_step(points)
        for row in np.flatnonzero(steps < least).tolist():
            raise ProgramRejected(
                f"{STEPS} = {steps[row]:g} is too few for these interactions, which would act as "
                f"much weaker ones; allowed: {int(np.ceil(least[row]))} or more at this point",
                field=f"/knobs/{STEPS}/{row}",
            )
    terms = len(system.operators(experiment.points[:1])[0][HAMILTONIAN].terms)
    if steps.max() * terms > MOST_GATES:
        raise ProgramRejected(
            f"{steps.max():g} steps of {terms} terms; allowed: {MOST_GATES} rotations together",
            field=f"/knobs/{STEPS}/{int(steps.argmax())}",
        )


def limits(settings: Mapping[str, Any]) -> tuple[KnobLimit, ...]:
    """A formula of order p over n steps errs by ``O(n**-p)`` (Childs et al., PRX 11, 011020)."""
    order = float(settings.get("order", DEFAULT_ORDER))
    return (KnobLimit(name=STEPS, limit=np.inf, order=order, default=DEFAULT_STEPS),)


def gates(experiment: Experiment, system: QubitSystem) -> int:
    """About how many gates the circuit of a point has."""
    terms = system.operators(experiment.points[:1])[0][HAMILTONIAN].terms
    per_step = sum(len(list(rotation(word, 0))) for word in terms if word.support)
    return int(per_step * (_steps(experiment).mean() + 1))


def prepare(experiment: Experiment, system: QubitSystem) -> Program:
    """Circuits of every point; those with equal numbers of steps share their structure."""
    points, steps = experiment.points, _steps(experiment).astype(np.int64)
    order = int(experiment.settings.get("order", DEFAULT_ORDER))
    layers = _layers(_words(system, points))
    words = [word for layer in layers for word in layer]
    durations = system.durations(points)

    def build(count: int, rows: NDArray[np.int64]) -> tuple[Circuit, FloatArray]:
        times = durations[rows]
        blocks = range(count) if system.driven else range(1)
        tables = [
            _coefficients(system.hamiltonians(points[rows], times * (step + 0.5) / count), words)
            for step in blocks
        ]
        # Whole turns of a step first, then half turns.
        whole = np.concatenate(tables, axis=1) * (2 * times / count)[:, None]
        circuit = _circuit(system, layers, count, order)
        return circuit, np.concatenate([whole, whole / 2], axis=1)

    return Program(
        parts=parts_by(steps.tolist(), build),
        operators=[
            [operators[name] for name in experiment.observables]
            for operators in system.measurables(points)
        ],
        facts={"trotter_order": order},
        raw=[{STEPS: int(count)} for count in steps],
    )


def _circuit(system: QubitSystem, layers: list[list[PauliWord]], count: int, order: int) -> Circuit:
    assert isinstance(system.state, Evolved)
    size = sum(map(len, layers))
    firsts = np.cumsum([0, *map(len, layers)])
    columns = size * (count if system.driven else 1)
    gates: list[Gate] = list(product_state(system.state.initial))
    for step, layer, halves in _sequence(len(layers), count, order, merge=not system.driven):
        first = int(firsts[layer]) + (step * size if system.driven else 0)
        first += 0 if halves == 2 else columns
        for k, word in enumerate(layers[layer]):
            gates += rotation(word, first + k)
    return Circuit(system.qubits, tuple(gates), 2 * columns)


def _sequence(layers: int, count: int, order: int, *, merge: bool) -> list[tuple[int, int, int]]:
    """Step, layer and number of half turns (1 or 2) of everything that is applied."""
    applied: list[tuple[int, int, int]] = []
    for step in range(count):
        up = [(step, layer, 2 if order == 1 else 1) for layer in range(layers)]
        for one in up if order == 1 else up + up[::-1]:
            last = applied[-1] if applied else None
            same_step = last is not None and (merge or last[0] == one[0])
            if order == 2 and last and same_step and last[1] == one[1] and last[2] == 1:
                applied[-1] = (last[0], last[1], 2)
            else:
                applied.append(one)
    return applied


def _layers(words: list[PauliWord]) -> list[list[PauliWord]]:
    """Put every word into the first layer all of whose words commute with it."""
    layers: list[list[PauliWord]] = []
    for word in words:
        for layer in layers:
            if all(word.commutes(other) for other in layer):
                layer.append(word)
                break
        else:
            layers.append([word])
    return layers


def _steps(experiment: Experiment) -> FloatArray:
    if STEPS not in experiment.knobs:
        return np.full(len(experiment.points), float(DEFAULT_STEPS))
    return experiment.knob_values[:, experiment.knobs.index(STEPS)]


def _words(system: QubitSystem, points: FloatArray) -> list[PauliWord]:
    """Every word that a Hamiltonian of some point has, identity left out."""
    durations = system.durations(points)
    seen: set[PauliWord] = set()
    for fraction in (0.1, 0.5, 0.9) if system.driven else (0.0,):
        for operator in system.hamiltonians(points, fraction * durations):
            seen |= {word for word in operator.terms if word.support}
    return sorted(seen, key=lambda word: (word.x, word.z))


def _coefficients(operators: list[PauliSum], words: list[PauliWord]) -> FloatArray:
    return np.array([[one.terms.get(word, 0.0) for word in words] for one in operators]).reshape(
        len(operators), len(words)
    )
