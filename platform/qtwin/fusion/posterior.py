"""A fitted star: predicts the truth with its error budget. Needs numpy only.

Shapes: ``T`` hyperparameter samples, ``N`` sites, ``M`` query points, ``D`` controls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar

import numpy as np

from qtwin.fusion.anchor import widen
from qtwin.fusion.base import FloatArray, Prediction
from qtwin.fusion.budget import Terms, mixture
from qtwin.fusion.calibration import HeldOut, LeaveOneOut, hold_out, leave_one_out, loo_scores
from qtwin.fusion.channel import transmission
from qtwin.fusion.codec import dump_fit, read_fit
from qtwin.fusion.covariance import jitter_of, opacity
from qtwin.fusion.discrepancy import discrepancy
from qtwin.fusion.fitted import Fitted
from qtwin.fusion.interval import cut, jackknife_plus, score_quantile
from qtwin.fusion.jackknife import left_out
from qtwin.fusion.kernel import matern52, squared_differences, squared_distance
from qtwin.fusion.parameters import MIXED_VARIANCE, TRUTH_CONSTANT, Layout, lay_out
from qtwin.fusion.process import Process
from qtwin.fusion.sites import unit_cube

_FAR = 1e6  # widths of the controls beyond which it makes no difference how far a point is


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sample:
    """What one sample needs beside its factors; cheap to make again after loading."""

    amplitude2: float
    rho: FloatArray  # (N,)
    jitter: FloatArray  # (N,)
    bias: dict[str, tuple[slice, FloatArray]]  # rows and covariance (n, n)


@dataclass(frozen=True, kw_only=True, eq=False)
class StarFit(Fitted):
    """The posterior of the star model; implements ``Surrogate``.

    Attributes:
        coarse: The fit to a stratified part of very many measurements that the hyperparameters are
            of: it says their uncertainty, and how well the band is calibrated.
    """

    model: ClassVar[str] = "star"

    coarse: StarFit | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Of the hyperparameters."""
        return self.layout.names

    @cached_property
    def layout(self) -> Layout:
        """Names and places of the hyperparameters."""
        return lay_out(self.sites)

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
            self._loo, c2=self.c2, quantile=self.rule.quantile, factor=self.scale.factor
        )

    def to_bytes(self) -> bytes:
        """The whole fit as an ``.npz`` archive without pickles; see ``codec``."""
        return dump_fit(self)

    @cached_property
    def processes(self) -> tuple[Process, ...]:
        """The truth under each hyperparameter sample, in standardised units over the unit cube."""
        return tuple(
            Process(
                x=self.sites.x,
                rho=sample.rho,
                whiten=partial(self.factors.whiten, t),
                unwhiten=partial(self.factors.unwhiten, t),
                alpha=self.factors.alpha[t],
                inverse_length2=np.exp(-2.0 * self.factors.theta[t, self.layout.log_length]),
                amplitude2=sample.amplitude2,
                constant=TRUTH_CONSTANT,
            )
            for t, sample in enumerate(self._samples)
        )

    @cached_property
    def references(self) -> int:
        """Number of distinct reference points."""
        return len(self.sites.reference_points())

    @property
    def spreading(self) -> tuple[Process, ...]:
        """The truth under the samples whose means say the hyperparameters' uncertainty."""
        return (self.coarse or self).processes

    def spread(self, points: FloatArray) -> FloatArray:
        """Variance of the samples' means at points of the unit cube, in standardised units."""
        variance: FloatArray = mixture(self._terms(points)[0])[1]["hyperparameters"]
        return variance

    @cached_property
    def _held(self) -> tuple[HeldOut, ...]:
        fit = self.coarse or self
        return hold_out(fit.sites, fit.factors)

    @cached_property
    def _loo(self) -> LeaveOneOut:
        return leave_one_out((self.coarse or self).sites, self._held)

    @cached_property
    def _samples(self) -> tuple[_Sample, ...]:
        return tuple(self._sample(theta) for theta in self.factors.theta)

    def _sample(self, theta: FloatArray) -> _Sample:
        each = [transmission(theta, index, self.sites) for index in self.layout.sources]
        rho = np.concatenate(each)
        bias = {}
        for index in self.layout.sources:
            rows = index.rows
            squares = squared_differences(self.sites.x[rows], self.sites.x[rows])
            part = discrepancy(theta, index, self.sites, squares)
            if part is not None:
                bias[index.name] = (rows, part.covariance)
            opaque = opacity(rho, index, self.sites)
            if part is not None and opaque is not None:
                learned = MIXED_VARIANCE * np.outer(opaque, opaque)
                bias[index.name] = (rows, part.covariance + learned)
        return _Sample(
            amplitude2=float(np.exp(2.0 * theta[self.layout.log_amplitude])),
            rho=rho,
            jitter=jitter_of(theta, self.layout, len(self.sites.y)),
            bias=bias,
        )

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

    def _terms(self, points: FloatArray) -> tuple[list[Terms], list[FloatArray]]:
        """Prediction of each sample, and its weights ``c`` of shape ``(N, M)`` for jackknife+."""
        squares = squared_differences(self.sites.x, points)
        terms, kept = [], []
        for t, sample in enumerate(self._samples):
            d2 = squared_distance(squares, self.factors.theta[t, self.layout.log_length])
            truth = TRUTH_CONSTANT + sample.amplitude2 * matern52(d2, overwrite=True).value
            cross = sample.rho[:, None] * truth
            white = self.factors.whiten(t, cross)
            weights = self.factors.unwhiten(t, white)
            terms.append(self._split(sample, cross, white, weights, self.factors.alpha[t]))
            if self.rule.jackknife and self.coarse is None:
                kept.append(weights)
        return terms, kept

    def _split(
        self,
        sample: _Sample,
        cross: FloatArray,
        white: FloatArray,
        weights: FloatArray,
        alpha: FloatArray,
    ) -> Terms:
        variance = {
            f"bias:{name}": np.einsum("im,im->m", weights[rows], cov @ weights[rows])
            for name, (rows, cov) in sample.bias.items()
        }
        squared = weights**2
        variance["shot"] = self.sites.var @ squared
        if self.sites.shared is not None:
            rows, noise = self.sites.shared
            variance["shot"] += np.einsum("im,im->m", weights[rows], noise @ weights[rows])
        variance["jitter"] = sample.jitter @ squared
        total = TRUTH_CONSTANT + sample.amplitude2 - np.einsum("im,im->m", white, white)
        rest = sum(variance.values(), np.zeros(len(total)))
        pulls = weights * cross
        return Terms(
            mean=alpha @ cross,
            variance={"epistemic": np.maximum(total - rest, 0.0), **variance},
            pull={index.name: pulls[index.rows].sum(axis=0) for index in self.layout.sources},
        )

    def _interval(
        self, mean: FloatArray, std: FloatArray, terms: list[Terms], weights: list[FloatArray]
    ) -> tuple[FloatArray, FloatArray]:
        if not self.rule.jackknife:
            reach = self.rule.quantile * std
            return cut(mean - reach, mean + reach, self.value_bounds)
        if self.coarse is not None:
            reach = score_quantile(self._loo.point_scores) * std / np.sqrt(self.c2)
            return cut(mean - reach, mean + reach, self.value_bounds)
        left_mean, left_var = left_out(terms, weights, self._held)
        lower, upper = jackknife_plus(left_mean, np.sqrt(left_var), self._loo.point_scores)
        shift, factor = self.scale.shift, self.scale.factor
        return cut(shift + factor * lower, shift + factor * upper, self.value_bounds)


def load_fit(blob: bytes) -> StarFit:
    """Read what ``StarFit.to_bytes`` wrote; it predicts the same numbers bit for bit.

    Raises:
        ValueError: The archive has another schema version, or is no archive of a fit.
    """
    return read_fit(blob, StarFit)
