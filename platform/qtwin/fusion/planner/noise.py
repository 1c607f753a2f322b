"""Shot noise and cost of runs not yet made, from the runs that a source has made.

The single-shot variance is ``std² shots``; a run with S shots then has ``std²(S) = that / S``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.planner.offer import Offer

_NEAREST = 5  # rows whose median is the noise at a point
_FACTORS = (0.25, 1.0, 4.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Noise:
    """Runs of one source so far, ``n`` of them.

    Attributes:
        x: In the unit cube, shape ``(n, D)``.
        var: Statistical variance, shape ``(n,)``.
        shots: Shape ``(n,)``; NaN where unknown.
    """

    x: FloatArray
    var: FloatArray
    shots: FloatArray

    @property
    def scalable(self) -> bool:
        """Whether the shots of its noisy runs are known."""
        noisy = self.var > 0.0
        return bool(noisy.any() and np.all(np.isfinite(self.shots[noisy])))

    def choices(self, offer: Offer) -> tuple[int, ...]:
        """Shot counts worth a thought; 0 stands for a run like those before."""
        if not self.scalable:
            return (0,)
        if offer.shots:
            return tuple(sorted(set(offer.shots)))
        usual = float(np.median(self.shots[self.var > 0.0]))
        factors = _FACTORS if offer.price.shot > 0.0 else (1.0,)
        return tuple(sorted({max(round(factor * usual), 1) for factor in factors}))

    def variance(self, points: FloatArray, shots: int) -> FloatArray:
        """Variance of a run at points of the unit cube, shape ``(M,)``; 0 if deterministic."""
        if not len(self.var) or not self.var.any():
            return np.zeros(len(points))
        each = self.var * self.shots / shots if shots else self.var
        noisy = self.var > 0.0
        apart = np.sum((points[:, None, :] - self.x[noisy][None, :, :]) ** 2, axis=2)
        nearest = np.argsort(apart, axis=1, kind="stable")[:, :_NEAREST]
        median: FloatArray = np.median(each[noisy][nearest], axis=1)
        return median
