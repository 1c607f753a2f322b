"""Two agents in the same episodes: what one saves, and whether that is chance.

Shapes: ``E`` episodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.worlds.search.trial import Trial

RESAMPLES = 10_000


def mean_interval(values: FloatArray, *, seed: int = 0) -> tuple[float, float, float]:
    """Mean with its 95 % bootstrap interval (percentiles of the means of resamples)."""
    rng = np.random.default_rng(seed)
    means = values[rng.integers(len(values), size=(RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(values.mean()), float(low), float(high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The costs of one agent beside those of another in the same episodes.

    Attributes:
        saved: Mean of the other's cost less its own, with ``lower`` and ``upper`` of the 95 %
            bootstrap interval over episodes.
        lower: See there.
        upper: See there.
        p: Of Wilcoxon's signed-rank test of no difference, two-sided; 1 where all costs agree.
    """

    saved: float
    lower: float
    upper: float
    p: float


def compare(one: Trial, other: Trial) -> Comparison:
    """Paired by episode."""
    from scipy.stats import wilcoxon

    difference = other.cost - one.cost
    saved, lower, upper = mean_interval(difference)
    p = float(wilcoxon(difference).pvalue) if difference.any() else 1.0
    return Comparison(saved=saved, lower=lower, upper=upper, p=p)
