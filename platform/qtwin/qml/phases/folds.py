"""Which points are held out together. Whole points are, with all their readings of all sources.

``R`` readings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray

UNKNOWN = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A transition that is known, such as h = J of the Ising chain.

    Attributes:
        value: Of the control.
        margin: Points closer than this are not labelled.
    """

    value: float
    margin: float

    def labels(self, values: FloatArray) -> IntArray:
        """0 below, 1 above, ``UNKNOWN`` within the margin, shape ``(R,)``."""
        away = np.abs(values - self.value) > self.margin + 1e-9
        labels = np.where(values > self.value, 1, 0)
        return np.asarray(np.where(away, labels, UNKNOWN), dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fold:
    """Readings to train on and readings that are held out; no value of the control is in both.

    Attributes:
        train: Their numbers.
        test: Their numbers: of held-out points, and of those within the margin.
    """

    train: IntArray
    test: IntArray


def folds_of(
    values: FloatArray, labels: IntArray, *, count: int, rng: np.random.Generator
) -> list[Fold]:
    """Deal the labelled points of both phases into folds; each is held out once.

    Raises:
        ValueError: A phase has fewer than two points.
    """
    held = np.full(len(values), UNKNOWN)
    of_phase = [np.unique(values[labels == label]) for label in (0, 1)]
    fewest = min(len(points) for points in of_phase)
    if fewest < 2:
        raise ValueError(
            f"{len(of_phase[0])} points below the transition and {len(of_phase[1])} above it; "
            "allowed: 2 or more of each"
        )
    count = min(count, fewest)
    for points in of_phase:
        for place, point in enumerate(rng.permutation(points)):
            held[values == point] = place % count
    known = labels != UNKNOWN
    held[~known] = UNKNOWN
    return [
        Fold(
            train=np.flatnonzero(known & (held != fold)),
            test=np.flatnonzero((held == fold) | ~known),
        )
        for fold in range(count)
    ]
