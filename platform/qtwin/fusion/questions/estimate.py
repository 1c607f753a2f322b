"""A number with its error, from draws of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import Claim, FloatArray
from qtwin.fusion.star.posterior import StarFit

_NORMAL = 1.959963984540054  # 0.975 quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Mean and sigma of the draws, and the 95 % interval."""

    mean: float
    std: float
    lower: float
    upper: float


def reach_of(fit: StarFit) -> float:
    """How much wider than the draws an interval is: the Student-t quantile over the normal's.

    It is 1 from twenty references, and without any. An interval of a value at one point is then
    as wide as that of ``predict`` (there jackknife+ replaces the quantile).
    """
    return fit.rule.quantile / _NORMAL


def estimate(values: FloatArray, reach: float, bounds: tuple[float, float]) -> Estimate:
    """From draws of shape ``(S,)``: quantiles, stretched around the median, cut at the bounds."""
    low, middle, high = np.quantile(values, (0.025, 0.5, 0.975))
    return Estimate(
        mean=float(values.mean()),
        std=float(values.std()),
        lower=float(np.clip(middle - reach * (middle - low), *bounds)),
        upper=float(np.clip(middle + reach * (high - middle), *bounds)),
    )


def weakest(*claims: Claim) -> Claim:
    """The claim that holds for all of them."""
    order = (Claim.UNANCHORED, Claim.NOMINAL, Claim.CALIBRATED)
    return min(claims, key=order.index)
