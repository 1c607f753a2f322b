"""How often a classifier is right, with intervals over points."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from qtwin.fusion.base import FloatArray

QUANTILE = 1.959963984540054
"""Of the standard normal distribution at 97.5 %."""
DRAWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Share of points that were labelled rightly, with Wilson's 95 % interval.

    Attributes:
        right: How many points were; of a point that was read often, the share of it.
        points: Of how many that no training has seen.
    """

    right: float
    points: int

    def __post_init__(self) -> None:
        if not 0 <= self.right <= self.points or self.points == 0:
            raise ValueError(f"{self.right} right of {self.points}; allowed: at least one point")

    @property
    def value(self) -> float:
        return self.right / self.points

    @property
    def lower(self) -> float:
        return self._ends[0]

    @property
    def upper(self) -> float:
        return self._ends[1]

    @property
    def _ends(self) -> tuple[float, float]:
        """Wilson, J. Am. Stat. Assoc. 22, 209 (1927)."""
        n, p, z2 = self.points, self.value, QUANTILE**2
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = QUANTILE / (1 + z2 / n) * np.sqrt(p * (1 - p) / n + z2 / (4 * n**2))
        return max(0.0, float(middle - half)), min(1.0, float(middle + half))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """By how much one classifier is more often right than another on the same points.

    Attributes:
        value: Difference of the accuracies.
        lower: Lower end of the 95 % percentile interval of the bootstrap over points.
        upper: Upper end.
        p: Exact two-sided p of the sign test: as uneven a split of the points on which they differ,
            by chance; McNemar's test where a point is right or wrong.
    """

    value: float
    lower: float
    upper: float
    p: float


def difference(right: FloatArray, other: FloatArray, rng: np.random.Generator) -> Difference:
    """Of two classifiers on the same points: how far each was right, 0 to 1, shape ``(M,)``.

    Raises:
        ValueError: There are no points, or they are not the same.
    """
    if right.shape != other.shape or right.ndim != 1 or not right.size:
        raise ValueError(f"{right.shape} and {other.shape}; allowed: the same points, at least one")
    each = right - other
    drawn = each[rng.integers(len(each), size=(DRAWS, len(each)))].mean(axis=1)
    lower, upper = np.percentile(drawn, [2.5, 97.5])
    return Difference(
        value=float(each.mean()),
        lower=float(lower),
        upper=float(upper),
        p=_sign_test(int(np.sum(each > 0)), int(np.sum(each < 0))),
    )


def _sign_test(one: int, other: int) -> float:
    """Twice the tail of a fair coin, at most 1."""
    total = one + other
    tail = sum(comb(total, k) for k in range(min(one, other) + 1))
    return float(min(1.0, 2 * tail / 2**total))
