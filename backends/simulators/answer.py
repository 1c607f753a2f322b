"""What a simulator found for one state of a program, and how several states make one answer.

Shapes use ``P`` for points and ``O`` for observables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from backends.methods.estimator import estimate
from backends.methods.program import Program
from backends.schema import Experiment
from backends.schema.experiment import FloatArray

PointCounts = Sequence[Mapping[str, int]]


class Answer(NamedTuple):
    """One state's numbers.

    Attributes:
        values: Shape ``(P, O)``; NaN where a point failed, as everywhere here.
        std_errors: Shape ``(P, O)``.
        raw: For each point, JSON values.
        truncation_errors: Shape ``(P, O)``, or None.
        failures: Why a point that ran has no value, by its row.
    """

    values: FloatArray
    std_errors: FloatArray
    raw: list[dict[str, Any]]
    truncation_errors: FloatArray | None
    failures: Mapping[int, str] = {}


def combined(program: Program, answers: Sequence[Answer]) -> Answer:
    """Observables of a program whose states are measured by shots of their own.

    ``value = sum_s w_s value_s`` and ``variance = sum_s w_s^2 variance_s``; truncation errors add
    by their sizes.
    """
    first = answers[0]
    if program.weights is None:
        return first
    weighted = list(zip(program.weights, answers, strict=True))
    cut = [abs(w) * a.truncation_errors for w, a in weighted if a.truncation_errors is not None]
    return Answer(
        values=np.sum([w * a.values for w, a in weighted], axis=0),
        std_errors=np.sqrt(np.sum([(w * a.std_errors) ** 2 for w, a in weighted], axis=0)),
        raw=[
            {**entry, "excited": list(rest)}
            for entry, *rest in zip(*(a.raw for a in answers), strict=True)
        ],
        truncation_errors=np.sum(cut, axis=0) if cut else None,
    )


def estimates(
    program: Program, seen: Sequence[PointCounts], experiment: Experiment
) -> tuple[FloatArray, FloatArray]:
    """Values and statistical errors of what was counted, shape ``(P, O)`` each."""
    table = np.full((*experiment.shape, 2), np.nan)
    for row, (operators, counts) in enumerate(zip(program.operators, seen, strict=True)):
        if row not in program.failures:
            table[row] = [estimate(operator, program.groups, counts) for operator in operators]
    return table[:, :, 0], table[:, :, 1]


def kept(program: Program, experiment: Experiment, row: int, seen: PointCounts) -> dict[str, Any]:
    """JSON values that are kept of one point: those of the program, its knobs and its counts."""
    own = dict(program.raw[row]) if program.raw else {}
    return own | {
        "knobs": dict(zip(experiment.knobs, experiment.knob_values[row].tolist(), strict=True)),
        "groups": [
            {"basis": group.basis.label(program.qubits), "counts": dict(counts)}
            for group, counts in zip(program.groups, seen, strict=row not in program.failures)
        ],
    }
