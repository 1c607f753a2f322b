"""Where sources are sampled: a Latin hypercube each, so no point is shared on purpose."""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray


def latin_hypercube(points: int, controls: int, rng: np.random.Generator) -> FloatArray:
    """Points of the unit cube, one in each slice of every control, shape ``(points, D)``."""
    columns = [(rng.permutation(points) + rng.random(points)) / points for _ in range(controls)]
    return np.stack(columns, axis=1)


def nearest_rows(wanted: FloatArray, grid: FloatArray, usable: IntArray) -> IntArray:
    """For each wanted point the nearest usable grid row that is not taken yet."""
    taken: list[int] = []
    for point in wanted:
        order = usable[np.argsort(((grid[usable] - point) ** 2).sum(axis=1), kind="stable")]
        taken.append(next(int(row) for row in order if int(row) not in taken))
    return np.array(taken, dtype=np.int64)
