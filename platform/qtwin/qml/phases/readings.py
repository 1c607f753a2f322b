"""Readings: the shots of each point dealt into small groups, without replacement.

A reading is what is classified: as few shots as a lab might spend on one state. ``R`` readings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.qml.bits import Bits, bits_of
from qtwin.qml.phases.measured import Measured

SAME_VALUE = 9
"""Decimals that make two values of the control the same point."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Readings:
    """Groups of shots, and where they come from.

    Attributes:
        bits: By basis, the shots of each reading, R rows.
        values: Of the control, rounded, shape ``(R,)``.
        sources: Of each reading, length R.
    """

    bits: Mapping[str, Bits]
    values: FloatArray
    sources: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.values)


def deal(
    measured: Sequence[Measured], *, shots: int, most: int, rng: np.random.Generator
) -> Readings:
    """Deal the shots of all points.

    Args:
        measured: Points; those with too few shots for one reading are left out.
        shots: Of a reading, in each basis.
        most: Readings of one point and source.
        rng: Which shots come together.

    Raises:
        ValueError: No point has shots enough, or the points have no basis in common.
    """
    bases = sorted(set.intersection(*(set(one.counts) for one in measured)) if measured else ())
    if not bases:
        raise ValueError("the points have no basis in common; allowed: the same for all")
    values, sources = [], []
    dealt: dict[str, list[IntArray]] = {basis: [] for basis in bases}
    bits = {basis: bits_of([one.counts[basis] for one in measured]) for basis in bases}
    for row, one in enumerate(measured):
        fewest = min(int(bits[basis].shots[row]) for basis in bases)
        count = min(most, fewest // shots)
        for basis in bases:
            dealt[basis] += _dealt(bits[basis].counts[row], shots, count, rng)
        values += [round(one.value, SAME_VALUE)] * count
        sources += [one.source] * count
    if not values:
        raise ValueError(f"no point has {shots} shots in each basis; allowed: fewer")
    return Readings(
        bits={
            basis: Bits(outcomes=bits[basis].outcomes, counts=np.array(dealt[basis]))
            for basis in bases
        },
        values=np.array(values),
        sources=tuple(sources),
    )


def _dealt(counts: IntArray, shots: int, count: int, rng: np.random.Generator) -> list[IntArray]:
    left, found = counts.copy(), []
    for _ in range(count):
        taken = np.asarray(rng.multivariate_hypergeometric(left, shots), dtype=np.int64)
        left -= taken
        found.append(taken)
    return found
