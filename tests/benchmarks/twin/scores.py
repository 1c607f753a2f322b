"""Scores of a belief against the truth; proper ones in closed form.

With ``z = (y - m) / s`` and Student's t of ν degrees of freedom (density f, distribution F):
``CRPS / s = z (2 F(z) - 1) + 2 f(z) (ν + z²) / (ν - 1) - 2 √ν B(1/2, ν - 1/2) / ((ν - 1) B(1/2,
ν/2)²)`` (Jordan, Krueger & Lerch, J. Stat. Softw. 90, 12 (2019)); for ν = 1 its limit
``2/π (z arctan z - log(1 + z²)/2 + log 2)``; the Gaussian limit is that of Gneiting & Raftery,
J. Am. Stat. Assoc. 102, 359 (2007). Shapes: ``M`` points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import beta
from scipy.stats import norm, t

from qtwin.fusion.base import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Belief:
    """What a method says at the test points, each shape ``(M,)``.

    Attributes:
        mean: The prediction.
        std: One sigma; the scale of Student's t where ``nu`` is given.
        lower: Lower end of its 95 % interval.
        upper: Upper end.
        nu: Degrees of freedom; None for a Gaussian.
    """

    mean: FloatArray
    std: FloatArray
    lower: FloatArray
    upper: FloatArray
    nu: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Of one run; rmse, nrmse, crps and width in the observable's unit or normalised."""

    rmse: float
    nrmse: float
    nlpd: float
    crps: float
    coverage: float
    width: float
    rms_z: float


def score(belief: Belief, truth: FloatArray, normaliser: float) -> Scores:
    """Score a belief; the proper scores ignore physical bounds, the interval heeds them."""
    error = belief.mean - truth
    rmse = float(np.sqrt(np.mean(error**2)))
    z = error / belief.std
    return Scores(
        rmse=rmse,
        nrmse=rmse / normaliser,
        nlpd=float(np.mean(nlpd(z, belief.std, belief.nu))),
        crps=float(np.mean(crps(z, belief.std, belief.nu))),
        coverage=float(np.mean((belief.lower <= truth) & (truth <= belief.upper))),
        width=float(np.mean(belief.upper - belief.lower)),
        rms_z=float(np.sqrt(np.mean(z**2))),
    )


def nlpd(z: FloatArray, std: FloatArray, nu: int | None) -> FloatArray:
    """Negative log predictive density, shape ``(M,)``."""
    density = norm.logpdf(z) if nu is None else t.logpdf(z, nu)
    values: FloatArray = np.log(std) - density
    return values


def crps(z: FloatArray, std: FloatArray, nu: int | None) -> FloatArray:
    """Continuous ranked probability score, shape ``(M,)``, in the unit of ``std``."""
    if nu is None:
        unit = z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi)
    elif nu == 1:
        unit = 2 / np.pi * (z * np.arctan(z) - np.log1p(z**2) / 2 + np.log(2))
    else:
        spread = 2 * np.sqrt(nu) * beta(0.5, nu - 0.5) / ((nu - 1) * beta(0.5, nu / 2) ** 2)
        tails = 2 * t.pdf(z, nu) * (nu + z**2) / (nu - 1)
        unit = z * (2 * t.cdf(z, nu) - 1) + tails - spread
    values: FloatArray = std * unit
    return values
