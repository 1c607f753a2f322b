"""Where one may ask: evenly spaced for one control, a low-discrepancy sequence for more."""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.fusion.questions.sequence import sequence


def grid_of(points: int, controls: int) -> FloatArray:
    """Points of the unit cube, shape ``(M, D)``."""
    if controls == 1:
        return np.linspace(0.0, 1.0, points)[:, None]
    return sequence(points, controls)


def refined(points: int, controls: int) -> IntArray:
    """Numbers of the grid points in an order of which every beginning is evenly spread, ``(M,)``.

    On a line the ends, the middle, the quarters, and so on; a sequence has that order already.
    """
    if controls > 1:
        return np.arange(points)
    order: list[int] = [0, points - 1]
    parts = 2
    while len(set(order)) < points:
        odd = np.arange(1, parts, 2) / parts
        order += [int(place) for place in np.round(odd * (points - 1))]
        parts *= 2
    return np.array(list(dict.fromkeys(order)), dtype=np.int64)


def summary(points: int, controls: int, most: int) -> IntArray:
    """Numbers of the grid points that observations show, in order of place, ``(<= most,)``."""
    if controls > 1:
        return np.arange(min(points, most))
    return np.unique(np.round(np.linspace(0, points - 1, min(points, most))).astype(np.int64))


def nearest(grid: FloatArray, unit: FloatArray) -> IntArray:
    """Grid point nearest to each of ``(B, D)`` places, shape ``(B,)``."""
    if grid.shape[1] == 1:
        last = len(grid) - 1
        return np.clip(np.rint(unit[:, 0] * last), 0, last).astype(np.int64)
    apart = np.sum((unit[:, None, :] - grid[None, :, :]) ** 2, axis=2)
    return np.asarray(np.argmin(apart, axis=1), dtype=np.int64)
