"""Lowest different sums of numbers, by how many of them are chosen.

A lowest sum of all numbers consists of lowest sums of the first ones, so that a table of a few sums
for each count is enough.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backends.schema.experiment import FloatArray

KEPT = 4


def by_count(numbers: Sequence[float], most: int, same: float) -> FloatArray:
    """Lowest sums of exactly ``k`` numbers for ``k`` up to ``most``, shape ``(most + 1, 4)``.

    Missing ones are infinite; sums closer than ``same`` are one.
    """
    table = _empty(most + 1)
    for number in numbers:
        moved = np.full_like(table, np.inf)
        moved[1:] = table[:-1] + number
        table = _merged(table, moved, same)
    return table


def by_parity(numbers: Sequence[float], same: float) -> FloatArray:
    """Lowest sums of an even and of an odd count, shape ``(2, 4)``."""
    table = _empty(2)
    for number in numbers:
        table = _merged(table, table[::-1] + number, same)
    return table


def different(values: FloatArray, same: float) -> FloatArray:
    """The finite different values, ascending."""
    ordered = np.sort(values[np.isfinite(values)])
    kept: FloatArray = ordered[np.concatenate([[True], np.diff(ordered) > same])]
    return kept


def _empty(rows: int) -> FloatArray:
    table = np.full((rows, KEPT), np.inf)
    table[0, 0] = 0.0
    return table


def _merged(one: FloatArray, two: FloatArray, same: float) -> FloatArray:
    both = np.sort(np.concatenate([one, two], axis=1), axis=1)
    with np.errstate(invalid="ignore"):
        repeated = np.diff(both, axis=1) <= same
    both[:, 1:][repeated] = np.inf
    lowest: FloatArray = np.sort(both, axis=1)[:, :KEPT]
    return lowest
