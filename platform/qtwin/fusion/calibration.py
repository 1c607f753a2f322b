"""Leave-one-out calibration of the band on the reference points.

Leaving out block B of a Gaussian process needs no refit (Rasmussen & Williams 2006, eqs. 5.10 to
5.12): with ``G = ([K⁻¹]_BB)⁻¹`` the held-out residual is ``G α_B`` and its covariance ``G``.
Shapes: ``T`` samples, ``R`` reference rows, ``b`` rows of one reference point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.fusion.evidence.sites import Sites
from qtwin.fusion.factors import Factors

_PSEUDO = 5.0  # prior points at z² = 1
_WORST_Z2 = 25.0
_HIGHEST = 9.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldOut:
    """What leaving out one reference point does to each sample.

    Attributes:
        rows: Its rows, shape ``(b,)``.
        covariance: ``G``, shape ``(T, b, b)``.
        shift: ``G α_B``, shape ``(T, b)``.
    """

    rows: IntArray
    covariance: FloatArray
    shift: FloatArray


def hold_out(sites: Sites, factors: Factors) -> tuple[HeldOut, ...]:
    """One entry per reference point; all rows of a point leave together."""
    held = []
    for rows in sites.reference_points():
        columns = factors.root[:, :, rows]
        precision = columns.transpose(0, 2, 1) @ columns
        covariance = np.asarray(np.linalg.inv(precision), dtype=np.float64)
        shift = np.einsum("tij,tj->ti", covariance, factors.alpha[:, rows])
        held.append(HeldOut(rows=rows, covariance=covariance, shift=shift))
    return tuple(held)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeaveOneOut:
    """Held-out predictions of reference rows by the mixture, in standardised units.

    Attributes:
        y: Measured values, shape ``(R,)``.
        mean: Their predictions without the point, shape ``(R,)``.
        var: Variance of the prediction of the measured value, shape ``(R,)``.
        weight: One over the number of rows of the point, shape ``(R,)``.
        point: Which reference point each row is of, shape ``(R,)``.
    """

    y: FloatArray
    mean: FloatArray
    var: FloatArray
    weight: FloatArray
    point: IntArray

    @property
    def z2(self) -> FloatArray:
        """Squared standardised residuals, shape ``(R,)``."""
        z2: FloatArray = (self.y - self.mean) ** 2 / self.var
        return z2

    @property
    def point_scores(self) -> FloatArray:
        """Root mean squared z of each reference point, one entry per point."""
        scores: FloatArray = np.sqrt(np.bincount(self.point, weights=self.weight * self.z2))
        return scores


def leave_one_out(sites: Sites, held: tuple[HeldOut, ...]) -> LeaveOneOut:
    """Predict each reference point from all the other measurements."""
    rows = np.array([row for point in held for row in point.rows], dtype=np.int64)
    shift = [point.shift for point in held]
    var = [np.diagonal(point.covariance, axis1=1, axis2=2) for point in held]
    shifts = np.concatenate(shift, axis=1) if held else np.zeros((1, 0))
    variances = np.concatenate(var, axis=1) if held else np.zeros((1, 0))
    y = sites.y[rows]
    return LeaveOneOut(
        y=y,
        mean=y - shifts.mean(axis=0),
        var=variances.mean(axis=0) + shifts.var(axis=0),
        weight=np.array([1.0 / len(point.rows) for point in held for _ in point.rows]),
        point=np.array([i for i, point in enumerate(held) for _ in point.rows], dtype=np.int64),
    )


def inflation(loo: LeaveOneOut) -> float:
    """``c² = clip((Σ min(z², 25) + 5) / (n + 5), 1, 9)`` over n reference points."""
    n = float(loo.weight.sum())
    total = float(loo.weight @ np.minimum(loo.z2, _WORST_Z2))
    return float(np.clip((total + _PSEUDO) / (n + _PSEUDO), 1.0, _HIGHEST))


def loo_scores(
    loo: LeaveOneOut, *, c2: float, quantile: float, factor: float
) -> Mapping[str, float]:
    """Scores over the reference rows in the observable's unit; only c2 without references."""
    if not len(loo.y):
        return {"c2": c2}
    var = c2 * loo.var
    z2 = (loo.y - loo.mean) ** 2 / var
    return {
        "rmse": factor * float(np.sqrt(np.mean((loo.y - loo.mean) ** 2))),
        "nlpd": float(np.mean(0.5 * (z2 + np.log(2.0 * np.pi * var)))) + float(np.log(factor)),
        "coverage_95": float(np.mean(z2 <= quantile**2)),
        "c2": c2,
    }
