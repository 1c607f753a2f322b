"""What a simulator found for one state of a program, and how several states make one answer.

Shapes use ``P`` for points and ``O`` for observables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from backends.methods.covariance import Covariance
from backends.methods.estimator import estimate
from backends.methods.program import Program
from backends.schema import Experiment, ShotBlock
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
        covariance: Of the errors; None where there are none, or where it is unknown.
    """

    values: FloatArray
    std_errors: FloatArray
    raw: list[dict[str, Any]]
    truncation_errors: FloatArray | None
    failures: Mapping[int, str] = {}
    covariance: Covariance | None = None

    @property
    def blocks(self) -> tuple[ShotBlock, ...]:
        """Numbers that share shots."""
        return self.covariance.blocks(self.std_errors) if self.covariance else ()


def combined(program: Program, answers: Sequence[Answer]) -> Answer:
    """Observables of a program whose states are measured by shots of their own.

    ``value = sum_s w_s value_s`` and ``variance = sum_s w_s^2 variance_s``; truncation errors add
    by their sizes.
    """
    first = answers[0]
    if program.weights is None:
        return first
    weighted = list(zip(program.weights, answers, strict=True))
    known = [a.covariance.scaled(w) for w, a in weighted if a.covariance is not None]
    cut = [abs(w) * a.truncation_errors for w, a in weighted if a.truncation_errors is not None]
    return Answer(
        values=np.sum([w * a.values for w, a in weighted], axis=0),
        std_errors=np.sqrt(np.sum([(w * a.std_errors) ** 2 for w, a in weighted], axis=0)),
        raw=[
            {**entry, "excited": list(rest)}
            for entry, *rest in zip(*(a.raw for a in answers), strict=True)
        ],
        truncation_errors=np.sum(cut, axis=0) if cut else None,
        covariance=known[0].plus(*known[1:]) if len(known) == len(answers) else None,
    )


def counted(
    program: Program,
    experiment: Experiment,
    seen: Sequence[PointCounts],
    truncation_errors: FloatArray | None = None,
) -> Answer:
    """What the counts of each point say of the observables."""
    values = np.full(experiment.shape, np.nan)
    own = np.full((*experiment.shape, experiment.shape[1]), np.nan)
    for row, (operators, counts) in enumerate(zip(program.operators, seen, strict=True)):
        if row not in program.failures:
            values[row], own[row] = estimate(operators, program.groups, counts)
    covariance = Covariance.of_points(own)
    return Answer(
        values=values,
        std_errors=np.sqrt(covariance.variances),
        raw=[kept(program, experiment, row, counts) for row, counts in enumerate(seen)],
        truncation_errors=truncation_errors,
        covariance=covariance,
    )


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
