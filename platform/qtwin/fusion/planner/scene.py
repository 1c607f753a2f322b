"""What a plan is made in: a fit, its candidates, and how the curve is judged.

Shapes: ``M`` grid points, ``C`` candidates, ``O`` shot counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.evidence.sites import unit_cube
from qtwin.fusion.planner.candidates import Candidates, foundation
from qtwin.fusion.planner.gain import improvement, variance_reduction
from qtwin.fusion.planner.goal import Aim
from qtwin.fusion.planner.outlook import Outlook, outlook_of
from qtwin.fusion.star.posterior import StarFit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """Changes only by believing runs.

    Attributes:
        candidates: All runs.
        outlook: The belief so far.
        weights: Of the grid points, summing to 1, shape ``(M,)``.
        aim: What shall improve.
        factor: From standardised units to the observable's.
        c2: Calibration factor.
        widening: Variance that a twin without references adds, shape ``(M,)``, calibrated.
    """

    candidates: Candidates
    outlook: Outlook
    weights: FloatArray
    aim: Aim
    factor: float
    c2: float
    widening: FloatArray

    def sigma(self) -> float:
        """Sigma over the weighted curve, or of the optimum, in the observable's unit."""
        variance = self._variance()
        if self.aim is Aim.CURVE:
            return float(np.sqrt(self.weights @ variance))
        best = np.argmax(self._sign * self.outlook.mean.mean(axis=0))
        return float(np.sqrt(variance[best]))

    def sigma_at(self, row: int) -> float:
        """Sigma at one grid point, in the observable's unit."""
        return float(np.sqrt(self._variance()[row]))

    def _variance(self) -> FloatArray:
        """Calibrated, of the grid points, shape ``(M,)``."""
        variance: FloatArray = self.c2 * self.factor**2 * self.outlook.variance() + self.widening
        return variance

    def gain(self) -> FloatArray:
        """Expected gain of every run, shape ``(C, O)``, calibrated."""
        noise = self.candidates.noise
        if self.aim is Aim.CURVE:
            reduction = variance_reduction(self.outlook, noise, self.weights)
            return self.c2 * self.factor**2 * reduction
        reach = float(np.sqrt(self.c2)) * self.factor
        return reach * improvement(self.outlook, noise, sign=self._sign)

    def whole(self) -> float:
        """All there is to gain, in the unit of ``gain``."""
        return self.sigma() ** (2 if self.aim is Aim.CURVE else 1)

    def believing(self, candidate: int, option: int) -> Scene:
        """After one more run that gave what was predicted."""
        noise = float(self.candidates.noise[candidate, option])
        anchored = self.candidates.reference[candidate]
        return replace(
            self,
            outlook=self.outlook.believing(candidate, noise),
            widening=np.zeros_like(self.widening) if anchored else self.widening,
        )

    @property
    def _sign(self) -> float:
        return -1.0 if self.aim is Aim.MINIMUM else 1.0


def scene_of(
    fit: StarFit, candidates: Candidates, *, grid: FloatArray, weights: FloatArray, aim: Aim
) -> Scene:
    """Before any run; ``grid`` is in canonical units, shape ``(M, D)``."""
    fit = foundation(fit)
    outlook = outlook_of(fit, candidates, unit_cube(grid, fit.bounds))
    told = fit.predict(grid).std ** 2
    seen = fit.c2 * fit.scale.factor**2 * outlook.variance()
    widened = fit.widening is not None
    return Scene(
        candidates=candidates,
        outlook=outlook,
        weights=weights / weights.sum(),
        aim=aim,
        factor=fit.scale.factor,
        c2=fit.c2,
        widening=np.maximum(told - seen, 0.0) if widened else np.zeros(len(grid)),
    )
