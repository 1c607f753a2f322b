"""Answers of programs whose values are solved for, point by point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from backends.methods.program import Program
from backends.methods.solved import Unsolved
from backends.schema import RunOptions
from backends.simulators.answer import Answer


def solved(
    program: Program,
    given: Mapping[int, Any],
    raw: list[dict[str, Any]],
    shape: tuple[int, int],
    options: RunOptions,
) -> Answer:
    """What the solver makes of each point; one that it cannot solve fails alone.

    Args:
        given: Of each row that ran, its counts, or its probabilities where no shots are taken.
        raw: For each point, JSON values, to which those of the solver are added.
        shape: ``(P, O)``.
    """
    solver = program.solver
    assert solver is not None
    values, errors = np.full(shape, np.nan), np.full(shape, np.nan)
    failures = {}
    for row, one in given.items():
        try:
            if options.shots is None:
                found = solver.from_probabilities(row, one)
            else:
                found = solver.from_counts(row, one, options.seed or 0)
        except Unsolved as reason:
            failures[row] = str(reason)
            continue
        values[row], errors[row] = found.values, found.errors
        raw[row] = raw[row] | found.raw
    return Answer(values, errors, raw, None, failures)
