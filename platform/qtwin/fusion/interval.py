"""The 95 % interval: Student-t with few references, jackknife+ with many, cut at the bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import Claim, FloatArray

MANY = 20
"""Reference points from which jackknife+ is used; with fewer its interval would be infinite."""

_LEVEL = 0.95

_LEAST = 1.0
"""Least score, in sigmas: between exact values of a smooth truth all scores are small, and say
nothing of its edges; those of a constant are 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How intervals are made, fixed when fitting.

    Attributes:
        claim: What the interval may be called.
        nu: Degrees of freedom of Student's t; None for Gaussian and jackknife+ intervals.
        quantile: Its 0.975 quantile.
        jackknife: Whether jackknife+ replaces the quantile.
    """

    claim: Claim
    nu: int | None
    quantile: float
    jackknife: bool


def rule_for(references: int, *, extrapolates: bool = False) -> Rule:
    """The rule for a number of distinct reference points.

    None: Gaussian, and unanchored, or nominal if a reference extrapolates to the truth as the limit
    of its knobs. Below twenty: Student-t with ν = references - 1, at least 1,
    and nominal below three. From twenty: jackknife+.
    """
    from scipy.special import stdtrit  # the predictor process has no need of scipy

    if references == 0 or references >= MANY:
        without = Claim.NOMINAL if extrapolates else Claim.UNANCHORED
        claim = Claim.CALIBRATED if references else without
        normal = float(stdtrit(1e12, 0.5 + _LEVEL / 2))
        return Rule(claim=claim, nu=None, quantile=normal, jackknife=references > 0)
    nu = max(references - 1, 1)
    claim = Claim.CALIBRATED if references >= 3 else Claim.NOMINAL
    quantile = float(stdtrit(nu, 0.5 + _LEVEL / 2))
    return Rule(claim=claim, nu=nu, quantile=quantile, jackknife=False)


def jackknife_plus(
    mean: FloatArray, std: FloatArray, score: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Jackknife+ interval (Barber, Candès, Ramdas & Tibshirani 2021) with scaled scores.

    Of the n values ``m_i(x) ± R_i s_i(x)`` it takes the ``floor(0.05 (n + 1))``-th smallest below
    and the ``ceil(0.95 (n + 1))``-th smallest above, where ``m_i`` and ``s_i`` leave out reference
    i and ``R_i = |y_i - m_i(x_i)| / s_i(x_i)``, here at least 1.

    Args:
        mean: Left-out means, shape ``(n, M)``.
        std: Left-out sigmas, shape ``(n, M)``.
        score: ``R_i``, shape ``(n,)``.

    Returns:
        Lower and upper ends, each shape ``(M,)``.
    """
    n = len(score)
    rank = int(np.ceil(_LEVEL * (n + 1)))
    reach = np.maximum(score, _LEAST)[:, None] * std
    lower = np.sort(mean - reach, axis=0)[n - rank]
    upper = np.sort(mean + reach, axis=0)[rank - 1]
    return lower, upper


def score_quantile(score: FloatArray) -> float:
    """The ``ceil(0.95 (n + 1))``-th smallest of n scores, or the largest; at least 1."""
    rank = int(np.ceil(_LEVEL * (len(score) + 1)))
    return max(float(np.sort(score)[min(rank, len(score)) - 1]), _LEAST)


def cut(
    lower: FloatArray, upper: FloatArray, value_bounds: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """Truncate an interval at the physical bounds; measurements are never cut."""
    return np.clip(lower, *value_bounds), np.clip(upper, *value_bounds)
