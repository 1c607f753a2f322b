"""What a fit says of each measurement from all the others.

Leaving out needs no refit, see ``calibration``; hyperparameters are those of all measurements.
Shapes: ``T`` hyperparameter samples, ``N`` sites, ``D`` controls.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan, cos, erf, pi, sin, sqrt

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.fusion.star.posterior import StarFit


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutRow:
    """One measurement, and what the others say of it, in the observable's unit.

    Attributes:
        source: Its source.
        x: Where, D values in canonical units.
        gain: Its noise gain; 1 but for devices.
        epoch: Its calibration epoch; "" for none.
        value: What was measured.
        mean: What the others say would be measured.
        std: One sigma of that, with the measurement's own error, after calibration by c².
        z: ``(value - mean) / std``.
        level: Probability of the least central interval that holds the value.
        pit: Probability of a smaller value; evenly spread over 0 to 1 where errors are right.
    """

    source: str
    x: list[float]
    gain: float
    epoch: str
    value: float
    mean: float
    std: float
    z: float
    level: float
    pit: float


def held_out(fit: StarFit) -> list[HeldOutRow]:
    """Each reference, without its point: what ``scores`` are made of."""
    whole = fit.coarse or fit
    rows = np.array([row for point in fit.held for row in point.rows], dtype=np.int64)
    return _rows(whole, rows, fit.loo.mean, fit.c2 * fit.loo.var)


def doubted(fit: StarFit, z: float) -> list[HeldOutRow]:
    """Measurements farther than ``z`` sigma from what all others say of them, the worst first.

    The bias that the fit has learned of a source is taken into account, so a measurement of a
    poor source is doubted only where it is unlike its own others.
    """
    whole = fit.coarse or fit
    root = whole.factors.root
    var = 1.0 / np.einsum("tij,tij->tj", root, root)
    shift = var * whole.factors.alpha
    y = whole.sites.y
    rows = np.arange(len(y))
    spread = fit.c2 * (var.mean(axis=0) + shift.var(axis=0))
    found = _rows(whole, rows, y - shift.mean(axis=0), spread)
    return sorted((row for row in found if abs(row.z) > z), key=lambda row: -abs(row.z))


def central_probability(z: float, nu: int | None) -> float:
    """``P(|t| <= |z|)`` of Student's t with ν degrees of freedom, or of a Gaussian.

    The finite series in ``θ = atan(|z| / √ν)`` of Abramowitz & Stegun, 26.7.3 and 26.7.4.
    """
    if nu is None:
        return erf(abs(z) / sqrt(2.0))
    angle = atan(abs(z) / sqrt(nu))
    odd = nu % 2 == 1
    if nu == 1:
        return 2.0 * angle / pi
    term = cos(angle) if odd else 1.0
    total = term
    for k in range(3 if odd else 2, nu - 1, 2):
        term *= cos(angle) ** 2 * (k - 1) / k
        total += term
    series = sin(angle) * total
    return 2.0 / pi * (angle + series) if odd else series


def _rows(
    fit: StarFit,
    rows: IntArray,
    mean: FloatArray,
    var: FloatArray,
) -> list[HeldOutRow]:
    sites, scale, nu = fit.sites, fit.scale, fit.rule.nu
    low, high = fit.bounds.T
    found = []
    for row, said, spread in zip(rows.tolist(), mean.tolist(), var.tolist(), strict=True):
        value = float(sites.y[row])
        z = (value - said) / sqrt(spread)
        level = central_probability(z, nu)
        epoch = int(sites.epoch[row])
        found.append(
            HeldOutRow(
                source=sites.specs[int(sites.source[row])].name,
                x=(low + sites.x[row] * (high - low)).tolist(),
                gain=float(sites.gain[row]),
                epoch=sites.epoch_names[epoch] if epoch >= 0 else "",
                value=scale.shift + scale.factor * value,
                mean=scale.shift + scale.factor * said,
                std=scale.factor * sqrt(spread),
                z=z,
                level=level,
                pit=0.5 + (0.5 if z > 0 else -0.5) * level,
            )
        )
    return found
