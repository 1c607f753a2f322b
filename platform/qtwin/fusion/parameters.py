"""Hyperparameters: where each lives in the vector, and its Gaussian prior.

Shapes: ``P`` hyperparameters, ``D`` controls. Scales are logarithms, so that every prior is a
Gaussian and elliptical slice sampling applies.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from qtwin.fusion.base import FloatArray, Role, SourceSpec
from qtwin.fusion.sites import Sites

TRUTH_CONSTANT = 4.0
"""Prior variance of the constant part of the truth, in standardised units."""

TRUTH_LOG_AMPLITUDE = (0.0, 1.0)
"""Mean and sigma of log A_f of the truth's Matérn part: a smooth truth has a large amplitude and a
long length scale, and is interpolated like a spline."""

BIAS_CONSTANT = 1.0
"""Prior variance of the constant part of a discrepancy of unit amplitude."""

NUGGET = 1e-8
"""Variance on the diagonal that keeps the factorisation stable, in standardised units."""

LOG_AMPLITUDE = (-2.0, 2.0)
"""Mean and sigma of log A_s: wide, since one project holds errors of 0.001 and of 1."""

LOG_SPREAD = (float(np.log(0.05)), 0.7)
"""Mean and sigma of the log spread of h_s. Between the points of one circuit family the damping
rate is nearly constant; over time it is not, which the tail of this prior admits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceIndex:
    """Where the hyperparameters of one source are; None for those it does not have.

    Attributes:
        name: Name of the source.
        rows: Its rows among the sites.
        scale: c_s of the channel.
        log_rate: log gamma_s, when there are at least two gains.
        damping: h_s of the channel over the controls, divided by its spread where it has one.
        log_spread: Log of the spread of h_s, when there are at least two gains.
        log_length: Length scales of the discrepancy.
        log_amplitude: log A_s of the discrepancy.
        log_own: log B_s, the part of the discrepancy that each gain has of its own.
        trend: g_s of the amplitude, over the controls.
        log_jitter: log tau_s.
    """

    name: str
    rows: slice
    scale: int | None = None
    log_rate: int | None = None
    damping: slice | None = None
    log_spread: int | None = None
    log_length: slice | None = None
    log_amplitude: int | None = None
    log_own: int | None = None
    trend: slice | None = None
    log_jitter: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """All hyperparameters, with prior mean and sigma, each shape ``(P,)``.

    ``log_length`` and ``log_amplitude`` are those of the truth.
    """

    names: tuple[str, ...]
    mean: FloatArray
    sigma: FloatArray
    log_length: slice
    log_amplitude: int
    sources: tuple[SourceIndex, ...]


@dataclass(slots=True)
class _Vector:
    """The vector while it is laid out."""

    names: list[str] = field(default_factory=list)
    mean: list[float] = field(default_factory=list)
    sigma: list[float] = field(default_factory=list)

    def scalar(self, name: str, mean: float, sigma: float) -> int:
        self.names.append(name)
        self.mean.append(mean)
        self.sigma.append(sigma)
        return len(self.names) - 1

    def vector(self, name: str, size: int, mean: float, sigma: float) -> slice:
        first = len(self.names)
        for d in range(size):
            self.scalar(f"{name}[{d}]", mean, sigma)
        return slice(first, first + size)


def lay_out(sites: Sites) -> Layout:
    """The hyperparameters that these sites call for."""
    d = sites.x.shape[1]
    vector = _Vector()
    log_length = vector.vector("truth.log_length", d, *_length_prior(d))
    log_amplitude = vector.scalar("truth.log_amplitude", *TRUTH_LOG_AMPLITUDE)
    sources = tuple(
        _lay_out_source(vector, spec, sites.rows(s), d, np.unique(sites.gain[sites.rows(s)]).size)
        for s, spec in enumerate(sites.specs)
    )
    return Layout(
        names=tuple(vector.names),
        mean=np.array(vector.mean),
        sigma=np.array(vector.sigma),
        log_length=log_length,
        log_amplitude=log_amplitude,
        sources=sources,
    )


def _length_prior(d: int) -> tuple[float, float]:
    return float(np.log(0.4 * np.sqrt(d))), 0.7


def _lay_out_source(
    vector: _Vector, spec: SourceSpec, rows: slice, d: int, gains: int
) -> SourceIndex:
    name = spec.name
    if spec.role is Role.REFERENCE:
        return SourceIndex(name=name, rows=rows)
    device = spec.role is Role.DEVICE
    knob = device and gains > 1
    scale = None
    if device:
        scale = vector.scalar(f"{name}.scale", *((1.0, 0.1) if knob else (0.85, 0.3)))
    elif spec.learn_scale:
        scale = vector.scalar(f"{name}.scale", 1.0, 0.3)
    return SourceIndex(
        name=name,
        rows=rows,
        scale=scale,
        log_rate=vector.scalar(f"{name}.log_rate", 0.0, 1.0) if knob else None,
        damping=vector.vector(f"{name}.damping", d, 0.0, 1.0 if knob else 0.5) if device else None,
        log_spread=vector.scalar(f"{name}.log_spread", *LOG_SPREAD) if knob else None,
        log_length=vector.vector(f"{name}.log_length", d, *_length_prior(d)),
        log_amplitude=vector.scalar(f"{name}.log_amplitude", *LOG_AMPLITUDE),
        log_own=vector.scalar(f"{name}.log_own", -4.0, 1.5) if knob else None,
        trend=vector.vector(f"{name}.trend", d, 0.0, 0.8),
        log_jitter=vector.scalar(f"{name}.log_jitter", -7.0, 1.5),
    )
