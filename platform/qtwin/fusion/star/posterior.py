"""A fitted star: predicts the truth with its error budget. Needs numpy only.

Shapes: ``T`` hyperparameter samples, ``N`` sites, ``M`` query points, ``D`` controls.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.fusion.budget import Terms, joined, noise_variance, pull_of
from qtwin.fusion.codec import read_fit
from qtwin.fusion.kernel import matern52, squared_differences, squared_distance
from qtwin.fusion.mixture import MixtureFit
from qtwin.fusion.prior import TRUTH_CONSTANT
from qtwin.fusion.process import Process
from qtwin.fusion.star.channel import transmission
from qtwin.fusion.star.covariance import jitter_of, opacity, truth_amplitude
from qtwin.fusion.star.discrepancy import discrepancy_covariance
from qtwin.fusion.star.parameters import MIXED_VARIANCE, Layout, lay_out
from qtwin.fusion.star.shared import shared_covariance, shared_part
from qtwin.fusion.star.squares import Squares

_POINTS = 256  # that fits to very many measurements predict at a time: new memory takes time


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sample:
    """What one sample needs beside its factors; cheap to make again after loading."""

    amplitude: FloatArray  # (N,)
    rho: FloatArray  # (N,)
    jitter: FloatArray  # (N,)
    alpha: FloatArray  # (N,)
    bias: dict[str, tuple[slice | IntArray, FloatArray]]  # by cause: rows and covariance (n, n)


@dataclass(frozen=True, kw_only=True, eq=False)
class StarFit(MixtureFit):
    """The posterior of the star model; implements ``Surrogate``."""

    model: ClassVar[str] = "star"

    @property
    def names(self) -> tuple[str, ...]:
        """Of the hyperparameters."""
        return self.layout.names

    @cached_property
    def layout(self) -> Layout:
        """Names and places of the hyperparameters.

        Fits of versions before 4 share no errors, and those of version 2 have a stationary truth.
        """
        size = self.factors.theta.shape[1]
        for sharing in (True, False):
            layout = lay_out(self.sites, sharing=sharing)
            if len(layout.names) == size:
                return layout
        return lay_out(self.sites, stationary=True, sharing=False)

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
                amplitude2=float(np.exp(2.0 * self.factors.theta[t, self.layout.log_amplitude])),
                constant=TRUTH_CONSTANT,
                slope=self._slope(t),
            )
            for t, sample in enumerate(self._samples)
        )

    def _slope(self, sample: int) -> FloatArray:
        """``g_f`` of one sample, shape ``(D,)``."""
        trend = self.layout.trend
        return np.zeros(len(self.bounds)) if trend is None else self.factors.theta[sample, trend]

    @property
    def spreading(self) -> tuple[Process, ...]:
        """The truth under the samples whose means say the hyperparameters' uncertainty."""
        return (self.coarse or self).processes

    @cached_property
    def _samples(self) -> tuple[_Sample, ...]:
        squares = Squares(x=self.sites.x)
        return tuple(self._sample(t, squares) for t in range(len(self.factors.theta)))

    def _sample(self, number: int, squares: Squares) -> _Sample:
        theta = self.factors.theta[number]
        each = [transmission(theta, index, self.sites) for index in self.layout.sources]
        rho = np.concatenate(each)
        bias: dict[str, tuple[slice | IntArray, FloatArray]] = {}
        for s, index in enumerate(self.layout.sources):
            rows = index.rows
            own = 1.0 - shared_part(theta, self.layout, s)
            covariance = discrepancy_covariance(theta, index, self.sites, squares, own)
            if covariance is None:
                continue
            opaque = opacity(rho, index, self.sites)
            if opaque is not None:
                covariance += MIXED_VARIANCE * np.outer(opaque, opaque)
            bias[f"bias:{index.name}"] = (rows, covariance)
        shared = self.layout.shared
        if shared is not None:
            common = Squares(x=self.sites.x[shared.rows])
            covariance = shared_covariance(theta, self.layout, shared, self.sites, common)
            bias["shared_bias"] = (shared.rows, covariance)
        return _Sample(
            amplitude=truth_amplitude(theta, self.layout, self.sites.x),
            rho=rho,
            jitter=jitter_of(theta, self.layout, len(self.sites.y)),
            alpha=self.factors.alpha[number],
            bias=bias,
        )

    def _terms(self, points: FloatArray) -> tuple[list[Terms], list[FloatArray]]:
        if self.coarse is None or len(points) <= _POINTS:
            return self._terms_at(points)
        parts = [
            self._terms_at(points[first : first + _POINTS])[0]
            for first in range(0, len(points), _POINTS)
        ]
        return [joined(sample) for sample in zip(*parts, strict=True)], []

    def _terms_at(self, points: FloatArray) -> tuple[list[Terms], list[FloatArray]]:
        squares = squared_differences(self.sites.x, points)
        terms, kept = [], []
        for t, sample in enumerate(self._samples):
            theta = self.factors.theta[t]
            amplitude = truth_amplitude(theta, self.layout, points)
            truth = matern52(squared_distance(squares, theta[self.layout.log_length])).value
            truth *= sample.amplitude[:, None] * amplitude
            truth += TRUTH_CONSTANT
            cross = sample.rho[:, None] * truth
            prior = TRUTH_CONSTANT + amplitude**2
            white = self.factors.whiten(t, cross)
            weights = self.factors.unwhiten(t, white)
            terms.append(self._split(sample, prior, cross, white, weights))
            if self.rule.jackknife and self.coarse is None:
                kept.append(weights)
        return terms, kept

    def _split(
        self,
        sample: _Sample,
        prior: FloatArray,
        cross: FloatArray,
        white: FloatArray,
        weights: FloatArray,
    ) -> Terms:
        variance = {
            name: np.einsum("im,im->m", weights[rows], cov @ weights[rows])
            for name, (rows, cov) in sample.bias.items()
        }
        variance |= noise_variance(self.sites, sample.jitter, weights)
        total = prior - np.einsum("im,im->m", white, white)
        rest = sum(variance.values(), np.zeros(len(total)))
        return Terms(
            mean=sample.alpha @ cross,
            variance={"epistemic": np.maximum(total - rest, 0.0), **variance},
            pull=pull_of(self.sites, weights * cross),
        )


def load_fit(blob: bytes) -> StarFit:
    """Read what ``StarFit.to_bytes`` wrote; it predicts the same numbers bit for bit.

    Raises:
        ValueError: The archive has another schema version or other hyperparameters, or is no
            archive of a fit.
    """
    return read_fit(blob, StarFit)
