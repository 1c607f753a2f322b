"""A fit that predicts by the equally weighted mixture of its hyperparameter samples.

A model says what each sample predicts; means, bands, intervals and scores follow here, the same for
every model. Needs numpy only.
Shapes: ``T`` hyperparameter samples, ``N`` sites, ``M`` query points, ``D`` controls.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qtwin.fusion.base import FloatArray, Prediction
from qtwin.fusion.budget import Terms, mixture
from qtwin.fusion.calibration import HeldOut, LeaveOneOut, hold_out, leave_one_out, loo_scores
from qtwin.fusion.codec import dump_fit
from qtwin.fusion.evidence.sites import unit_cube
from qtwin.fusion.fitted import Fitted
from qtwin.fusion.interval import cut, jackknife_plus, score_quantile
from qtwin.fusion.jackknife import left_out
from qtwin.fusion.widening import widen

_FAR = 1e6  # widths of the controls beyond which it makes no difference how far a point is


@dataclass(frozen=True, kw_only=True, eq=False)
class MixtureFit(Fitted):
    """Implements ``Surrogate``."""

    @abstractmethod
    def _terms(self, points: FloatArray) -> tuple[list[Terms], list[FloatArray]]:
        """What each sample predicts at points of the unit cube, shape ``(M, D)``.

        Beside it the weights ``c`` of each sample, each shape ``(N, M)``; they may be left out
        where no jackknife+ interval is made from them.
        """

    def predict(self, x: FloatArray) -> Prediction:
        """Belief about the truth at ``x``, shape ``(M, D)``, in canonical units.

        Raises:
            ValueError: ``x`` has another number of columns than there are controls, or a NaN.
        """
        points = self.checked(x)
        terms, weights = self._terms(points)
        mean, variance, shares = mixture(terms)
        if self.coarse is not None:
            variance["hyperparameters"] = self.coarse.spread(points)
        if self.widening is not None:
            variance = widen(variance, self.widening)
        budget = {key: self.c2 * self.scale.factor**2 * part for key, part in variance.items()}
        std = np.sqrt(sum(budget.values(), np.zeros(len(points))))
        mean = self.scale.shift + self.scale.factor * mean
        lower, upper = self._interval(mean, std, terms, weights)
        return Prediction(
            mean=mean,
            std=std,
            lower=lower,
            upper=upper,
            budget=budget,
            shares=shares,
            claim=self.rule.claim,
            references=self.references,
            c2=self.c2,
            nu=self.rule.nu,
        )

    def scores(self) -> Mapping[str, float]:
        """Leave-one-out scores on the reference points; only ``c2`` when there is none."""
        return loo_scores(
            self.loo, c2=self.c2, quantile=self.rule.quantile, factor=self.scale.factor
        )

    def to_bytes(self) -> bytes:
        """The whole fit as an ``.npz`` archive without pickles; see ``codec``."""
        return dump_fit(self)

    def checked(self, x: FloatArray) -> FloatArray:
        """Points of shape ``(M, D)`` in the unit cube.

        Raises:
            ValueError: ``x`` has another number of columns than there are controls, or a NaN.
        """
        points = np.asarray(x, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != len(self.bounds):
            raise ValueError(f"x has shape {points.shape}; expected (M, {len(self.bounds)})")
        if not np.all(np.isfinite(points)):
            raise ValueError("x has a value that is not finite")
        return np.clip(unit_cube(points, self.bounds), -_FAR, _FAR)

    def spread(self, points: FloatArray) -> FloatArray:
        """Variance of the samples' means at points of the unit cube, in standardised units."""
        variance: FloatArray = mixture(self._terms(points)[0])[1]["hyperparameters"]
        return variance

    @cached_property
    def references(self) -> int:
        """Number of distinct reference points."""
        return len(self.sites.reference_points())

    @cached_property
    def held(self) -> tuple[HeldOut, ...]:
        """Each reference point left out; of the part that the hyperparameters are of."""
        fit = self.coarse or self
        return hold_out(fit.sites, fit.factors)

    @cached_property
    def loo(self) -> LeaveOneOut:
        """Reference rows predicted without their point."""
        return leave_one_out((self.coarse or self).sites, self.held)

    def _interval(
        self, mean: FloatArray, std: FloatArray, terms: list[Terms], weights: list[FloatArray]
    ) -> tuple[FloatArray, FloatArray]:
        if not self.rule.jackknife:
            reach = self.rule.quantile * std
            return cut(mean - reach, mean + reach, self.value_bounds)
        if self.coarse is not None:
            reach = score_quantile(self.loo.point_scores) * std / np.sqrt(self.c2)
            return cut(mean - reach, mean + reach, self.value_bounds)
        left_mean, left_var = left_out(terms, weights, self.held)
        lower, upper = jackknife_plus(left_mean, np.sqrt(left_var), self.loo.point_scores)
        shift, factor = self.scale.shift, self.scale.factor
        return cut(shift + factor * lower, shift + factor * upper, self.value_bounds)
