"""Hyperparameters: where each lives in the vector, and its Gaussian prior.

Shapes: ``P`` hyperparameters, ``D`` controls.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Role
from qtwin.fusion.blocks import Block
from qtwin.fusion.evidence.sites import Sites
from qtwin.fusion.prior import LOG_JITTER, TRUTH_LOG_AMPLITUDE, length_prior
from qtwin.fusion.star.anchored import rate_prior, scale_prior
from qtwin.fusion.star.sharing import shares_of

MIXED_VARIANCE = 9.0
"""Prior variance of the mixed value of a device that nobody stated, in standardised units."""

LOG_SPREAD = (math.log(0.05), 0.7)
"""Mean and sigma of the log spread of h_s. Between the points of one circuit family the damping
rate is nearly constant; over time it is not, which the tail of this prior admits."""

LOG_SCALE = (0.0, 0.4)
"""Mean and sigma of log c_s of an approximation whose scale is learned: it never changes sign."""

LOGIT_SHARED = (-1.0, 1.5)
"""Mean and sigma of the logit of the part of its error that an approximation shares: a quarter, or
nearly all, or next to nothing. Few references say little of it, and then it stays this open."""

_TREND = 0.8  # sigma of the change of a log amplitude across the diagonal of the unit cube
_TRUTH_TREND = 1.2  # the same of the truth


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourceIndex:
    """Where the hyperparameters of one source are; None for those it does not have.

    Attributes:
        name: Name of the source.
        rows: Its rows among the sites.
        scale: c_s of the channel of a device.
        log_scale: log c_s of an approximation whose scale is learned.
        log_rate: log gamma_s, when there are at least two gains.
        damping: h_s of the channel over the controls, divided by its spread where it has one.
        log_spread: Log of the spread of h_s, when there are at least two gains.
        log_length: Length scales of the discrepancy.
        log_amplitudes: log A_k of the causes of the discrepancy, see ``sharing``.
        patterns: Which rows share how much of each, each shape ``(n, n)``.
        trend: g_s of the amplitude, over the controls.
        log_jitter: log tau_s.
    """

    name: str
    rows: slice
    scale: int | None = None
    log_scale: int | None = None
    log_rate: int | None = None
    damping: slice | None = None
    log_spread: int | None = None
    log_length: slice | None = None
    log_amplitudes: tuple[int, ...] = ()
    patterns: tuple[FloatArray, ...] = ()
    trend: slice | None = None
    log_jitter: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SharedIndex:
    """Where the hyperparameters of the error that approximations share are (``shared``).

    Attributes:
        logits: Logit of the part of its variance that each source shares, one for each.
        log_length: Length scales of the shared error.
        sources: The approximations that share it, by index, at least two.
        rows: Their rows among the sites, shape ``(n,)``.
        runs: Stretches of them without a gap, each as a slice of the sites and one of ``rows``.
    """

    logits: tuple[int, ...]
    log_length: slice
    sources: tuple[int, ...]
    rows: IntArray
    runs: tuple[tuple[slice, slice], ...]

    def block(self, matrix: FloatArray) -> FloatArray:
        """What they have of a matrix over all sites, shape ``(n, n)``."""
        if len(self.runs) == 1:
            rows = self.runs[0][0]
            return matrix[rows, rows]
        return matrix[np.ix_(self.rows, self.rows)]

    def add(self, matrix: FloatArray, part: FloatArray, block: Block | None = None) -> None:
        """Add a block of ``(n, n)``, by default all of it, to a matrix over all sites."""
        rows, columns = block or Block.whole(len(self.rows))
        for row, mine in self._places(rows):
            for column, others in self._places(columns):
                matrix[row, column] += part[mine, others]

    def _places(self, side: slice) -> Iterator[tuple[slice, slice]]:
        """Where a part of ``rows`` is among the sites and within itself, run by run."""
        for sites, mine in self.runs:
            first, after = max(mine.start, side.start), min(mine.stop, side.stop)
            if first < after:
                shift, start = sites.start - mine.start, side.start
                yield slice(first + shift, after + shift), slice(first - start, after - start)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """All hyperparameters, with prior mean and sigma, each shape ``(P,)``.

    ``log_length``, ``log_amplitude`` and ``trend`` are those of the truth; its trend is None in
    fits of fusion version 2, whose truth is stationary. ``shared`` is None where no two
    approximations may share an error, and in fits of fusion versions before 4.
    """

    names: tuple[str, ...]
    mean: FloatArray
    sigma: FloatArray
    log_length: slice
    log_amplitude: int
    trend: slice | None
    sources: tuple[SourceIndex, ...]
    shared: SharedIndex | None


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


def lay_out(sites: Sites, *, stationary: bool = False, sharing: bool = True) -> Layout:
    """The hyperparameters that these sites call for.

    The truth may be held stationary, and the errors of the sources independent.
    """
    d = sites.x.shape[1]
    vector = _Vector()
    log_length = vector.vector("truth.log_length", d, *length_prior(d))
    log_amplitude = vector.scalar("truth.log_amplitude", *TRUTH_LOG_AMPLITUDE)
    trend = None if stationary else vector.vector("truth.trend", d, 0.0, _TRUTH_TREND / np.sqrt(d))
    sources = tuple(_lay_out_source(vector, sites, s) for s in range(len(sites.specs)))
    shared = _lay_out_shared(vector, sites, sources) if sharing else None
    return Layout(
        names=tuple(vector.names),
        mean=np.array(vector.mean),
        sigma=np.array(vector.sigma),
        log_length=log_length,
        log_amplitude=log_amplitude,
        trend=trend,
        sources=sources,
        shared=shared,
    )


def _lay_out_shared(
    vector: _Vector, sites: Sites, sources: tuple[SourceIndex, ...]
) -> SharedIndex | None:
    sharing = tuple(s for s in range(len(sources)) if _may_share(sites, s))
    if len(sharing) < 2:
        return None
    d, rows = sites.x.shape[1], np.flatnonzero(np.isin(sites.source, sharing))
    return SharedIndex(
        logits=tuple(
            vector.scalar(f"{sources[s].name}.logit_shared", *LOGIT_SHARED) for s in sharing
        ),
        log_length=vector.vector("shared bias.log_length", d, *length_prior(d)),
        sources=sharing,
        rows=rows,
        runs=tuple(_runs(rows)),
    )


def _runs(rows: IntArray) -> Iterator[tuple[slice, slice]]:
    edges = [0, *(np.flatnonzero(np.diff(rows) > 1) + 1), len(rows)]
    for first, after in pairwise(int(edge) for edge in edges):
        yield slice(int(rows[first]), int(rows[after - 1]) + 1), slice(first, after)


def _may_share(sites: Sites, source: int) -> bool:
    """Whether it is an approximation; one with several branches has several errors of its own."""
    approximates = sites.specs[source].role is Role.APPROXIMATION
    return approximates and len(np.unique(sites.branch[sites.rows(source)])) == 1


def _lay_out_source(vector: _Vector, sites: Sites, source: int) -> SourceIndex:
    spec, rows, d = sites.specs[source], sites.rows(source), sites.x.shape[1]
    name, shares = spec.name, shares_of(sites, source)
    device, exact = spec.role is Role.DEVICE, spec.role is Role.REFERENCE
    knob = device and np.ptp(sites.gain[rows]) > 0.0
    scale = log_scale = None
    if device:
        scale = vector.scalar(f"{name}.scale", *scale_prior(spec, gains=bool(knob)))
    elif spec.learn_scale and sites.mixed_unknown[rows].any():
        log_scale = vector.scalar(f"{name}.log_scale", *LOG_SCALE)
    elif spec.learn_scale and not exact:  # stored by the first version of the model
        scale = vector.scalar(f"{name}.scale", 1.0, 0.3)
    log_rate = vector.scalar(f"{name}.log_rate", *rate_prior(spec)) if knob else None
    damping = vector.vector(f"{name}.damping", d, 0.0, 1.0 if knob else 0.5) if device else None
    log_spread = vector.scalar(f"{name}.log_spread", *LOG_SPREAD) if knob else None
    log_length = vector.vector(f"{name}.log_length", d, *length_prior(d)) if shares else None
    amplitudes = tuple(vector.scalar(f"{name}.{share.name}", *share.prior) for share in shares)
    return SourceIndex(
        name=name,
        rows=rows,
        scale=scale,
        log_scale=log_scale,
        log_rate=log_rate,
        damping=damping,
        log_spread=log_spread,
        log_length=log_length,
        log_amplitudes=amplitudes,
        patterns=tuple(share.pattern for share in shares),
        trend=vector.vector(f"{name}.trend", d, 0.0, _TREND / np.sqrt(d)) if shares else None,
        log_jitter=None if exact else vector.scalar(f"{name}.log_jitter", *LOG_JITTER),
    )
