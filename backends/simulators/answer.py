"""What a simulator found for one state of a program, and how several states make one answer.

Shapes use ``P`` for points and ``O`` for observables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from backends.methods.program import Program
from backends.schema.experiment import FloatArray


class Answer(NamedTuple):
    """One state's numbers.

    Attributes:
        values: Shape ``(P, O)``; NaN where a point failed, as everywhere here.
        std_errors: Shape ``(P, O)``.
        raw: For each point, JSON values.
        truncation_errors: Shape ``(P, O)``, or None.
    """

    values: FloatArray
    std_errors: FloatArray
    raw: list[dict[str, Any]]
    truncation_errors: FloatArray | None


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
