"""From final states, or bit strings drawn from them, to values with their errors.

Shapes use ``P`` for points and ``O`` for observables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backends.analog import emulator
from backends.analog.readout import ReadoutError
from backends.analog.settings import Settings
from backends.classical import basis
from backends.classical.answers import of_evolved
from backends.classical.evolution import product_vector
from backends.methods.estimator import Estimate, estimate
from backends.methods.expectation import words_of
from backends.methods.grouping import Group, all_z
from backends.schema import Experiment, RunOptions
from backends.schema.experiment import FloatArray
from backends.systems import RydbergArray
from backends.systems.pauli import ComplexArray, PauliWord
from backends.systems.projector import Measurable


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """Values and what doubling the steps moved, shape ``(O,)``, and the errors' covariance."""

    values: FloatArray
    covariance: FloatArray
    moved: FloatArray
    counts: dict[str, int]

    @classmethod
    def missing(cls, observables: int) -> Answer:
        nothing = np.full(observables, np.nan)
        unknown = np.full((observables, observables), np.nan)
        return cls(values=nothing, covariance=unknown, moved=nothing, counts={})


def integrated(system: RydbergArray, point: FloatArray, settings: Settings) -> list[ComplexArray]:
    """Final states of one point, with each number of steps.

    Raises:
        NotIntegrated: The solver gave up.
    """
    return [
        emulator.final_state(system, point, steps=steps, blockade_radius=settings.radius)
        for steps in settings.runs
    ]


def answer(
    system: RydbergArray,
    experiment: Experiment,
    options: RunOptions,
    row: int,
    states: Sequence[ComplexArray],
) -> Answer:
    """Measure one point.

    Args:
        system: That of the experiment, checked.
        states: Those of `integrated` at this point.
    """
    settings, names = Settings.parse(experiment.settings), experiment.observables
    operators = system.measurables(experiment.points[row : row + 1])[0]
    none = np.zeros((len(names), len(names)))
    if options.shots is None and not settings.readout:
        kept = basis.states(system.qubits, ())
        initial = product_vector("0" * system.qubits, kept)
        table = np.array([of_evolved(state, initial, kept, operators, names) for state in states])
        values, moved = table[-1], _moved(table)
        return Answer(values=values, covariance=none, moved=moved, counts={})
    chances = [settings.readout.applied(np.abs(state) ** 2) for state in states]
    wanted = [operators[name] for name in names]
    table = np.array([[_mean(one, p) for one in wanted] for p in chances])
    values, moved, covariance = table[-1], _moved(table), none
    counts: dict[str, int] = {}
    if options.shots is not None:
        counts = _drawn(chances[-1], options.shots, (options.seed or 0, row))
        values, covariance = measured(wanted, counts, system.qubits)
    return Answer(values=values, covariance=covariance, moved=moved, counts=counts)


def measured(wanted: Sequence[Measurable], counts: Mapping[str, int], qubits: int) -> Estimate:
    """What shots say of observables along z.

    Args:
        counts: Bit strings of all atoms, atom 0 rightmost.
    """
    everything = Group(all_z(qubits), tuple(words_of(wanted) - {PauliWord(0, 0)}))
    return estimate(wanted, [everything], [counts])


def _moved(table: FloatArray) -> FloatArray:
    """The larger of the last two moves; one alone may pass through 0 by chance."""
    moves: FloatArray = np.abs(np.diff(table, axis=0)).max(axis=0)
    return moves


def _mean(operator: Measurable, chances: FloatArray) -> float:
    """Mean of a diagonal operator."""
    state: ComplexArray = np.sqrt(chances).astype(np.complex128)
    return operator.expectation(state)


def _drawn(chances: FloatArray, shots: int, seed: tuple[int, int]) -> dict[str, int]:
    """Counts of bit strings, atom 0 rightmost."""
    chances = chances.clip(0.0)
    drawn = np.random.default_rng(seed).multinomial(shots, chances / chances.sum())
    width = len(chances).bit_length() - 1
    return {f"{index:0{width}b}": int(drawn[index]) for index in np.flatnonzero(drawn)}


def mixed(system: RydbergArray, experiment: Experiment, readout: ReadoutError) -> FloatArray | None:
    """What is read when nothing of the truth is left, shape ``(P, O)``.

    None where nothing is misread.
    """
    if not readout:
        return None
    chances = readout.mixed(system.qubits)
    return np.array(
        [
            [_mean(operators[name], chances) for name in experiment.observables]
            for operators in system.measurables(experiment.points)
        ]
    )
