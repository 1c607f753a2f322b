"""Intervals, each with the name of how it was made.

``N`` values, ``G`` truths.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray

LEVEL = 0.95
RESAMPLES = 4000
MOST_CELLS = 2**22
"""Of a table of resampled values at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate and what it may be at a level.

    Attributes:
        method: How it was made, for a reader.
    """

    value: float
    lower: float
    upper: float
    method: str
    level: float = LEVEL


def student(values: FloatArray, level: float = LEVEL) -> Interval:
    """Of a mean of independent numbers, shape ``(N,)`` with N of 2 or more: Student (1908).

    Raises:
        ValueError: There are fewer than two.
    """
    values = _numbers(values)
    mean = float(values.mean())
    half = _quantile(len(values), level) * float(values.std(ddof=1)) / sqrt(len(values))
    return Interval(
        value=mean, lower=mean - half, upper=mean + half, method="Student's t", level=level
    )


def bootstrap(values: FloatArray, *, seed: int = 0, level: float = LEVEL) -> Interval:
    """Of a mean of independent numbers, shape ``(N,)``: percentiles of resampled means.

    The percentiles are those that make the interval of normal numbers Student's (Hesterberg 2015,
    arXiv:1411.5279, section 5.3: the expanded percentile interval), because resampled means of few
    numbers scatter too little.

    Raises:
        ValueError: There are fewer than two.
    """
    values = _numbers(values)
    lower, upper = np.quantile(_means(values, seed), _tails(len(values), level))
    return Interval(
        value=float(values.mean()),
        lower=float(lower),
        upper=float(upper),
        method=f"expanded percentile bootstrap over {len(values)} episodes",
        level=level,
    )


def over_truths(
    values: FloatArray, truths: NDArray[np.int64], *, seed: int = 0, level: float = LEVEL
) -> Interval:
    """Of a mean over truths, of several episodes each: the truths are resampled.

    Episodes of one truth are alike, so that they count as one number, their mean. The scatter of
    these holds that between truths and, as far as there is any, that within.

    Args:
        values: Shape ``(N,)``.
        truths: Which truth each value is of, shape ``(N,)``.

    Raises:
        ValueError: There are fewer than two truths.
    """
    found = bootstrap(by_truth(values, truths), seed=seed, level=level)
    method = (
        f"expanded percentile bootstrap over {len(np.unique(truths))} truths, "
        f"of {len(values)} episodes"
    )
    return Interval(
        value=found.value, lower=found.lower, upper=found.upper, method=method, level=level
    )


def by_truth(values: FloatArray, truths: NDArray[np.int64]) -> FloatArray:
    """Mean of each truth, in the order of their numbers, shape ``(G,)``."""
    _, which, counts = np.unique(truths, return_inverse=True, return_counts=True)
    means: FloatArray = np.bincount(which, weights=values) / counts
    return means


def wilson(successes: int, shots: int, level: float = LEVEL) -> Interval:
    """Of a probability, from counts: Wilson's score interval (1927).

    Raises:
        ValueError: There are no shots, or more successes than shots.
    """
    from scipy.special import ndtri

    if not 0 <= successes <= shots or shots < 1:
        raise ValueError(f"{successes} of {shots} shots; allowed: 0 to all of 1 or more shots")
    share, z = successes / shots, float(ndtri((1 + level) / 2))
    middle = (share + z * z / (2 * shots)) / (1 + z * z / shots)
    half = z * sqrt(share * (1 - share) / shots + z * z / (4 * shots**2)) / (1 + z * z / shots)
    return Interval(
        value=share,
        lower=max(0.0, middle - half),
        upper=min(1.0, middle + half),
        method=f"Wilson's score interval of {shots} shots",
        level=level,
    )


def _numbers(values: FloatArray) -> FloatArray:
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(f"values of shape {values.shape}; allowed: two or more numbers")
    if not np.isfinite(values).all():
        raise ValueError("values that are not finite")
    return values


def _quantile(count: int, level: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(count - 1, (1 + level) / 2))


def _tails(count: int, level: float) -> tuple[float, float]:
    from scipy.special import ndtr

    tail = float(ndtr(-sqrt(count / (count - 1)) * _quantile(count, level)))
    return tail, 1 - tail


def _means(values: FloatArray, seed: int) -> FloatArray:
    """Means of resampled values, shape ``(RESAMPLES,)``."""
    rng, count = np.random.default_rng(seed), len(values)
    rows = max(1, MOST_CELLS // count)
    parts = [
        values[rng.integers(count, size=(min(rows, RESAMPLES - first), count))].mean(axis=1)
        for first in range(0, RESAMPLES, rows)
    ]
    return np.concatenate(parts)
