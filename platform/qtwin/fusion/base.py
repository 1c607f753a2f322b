"""The port of the multi-fidelity models behind every twin.

Shapes use ``N`` for observations, ``M`` for query points, ``D`` for controls and ``S`` for sources.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.float64]
    IntArray: TypeAlias = NDArray[np.int64]
else:  # for annotations alone, numpy is not loaded
    FloatArray = IntArray = Any


class Role(StrEnum):
    """How a source sees the truth. No source is assumed better than another but a reference."""

    REFERENCE = "reference"
    APPROXIMATION = "approximation"
    DEVICE = "device"


class Claim(StrEnum):
    """What the interval of a prediction may be called.

    ``CALIBRATED``: enough references to check the band. ``NOMINAL``: fewer than three reference
    points, or only extrapolated ones. ``UNANCHORED``: no reference, or none that says more than the
    spread of the values, so the bias of every source is unknown.
    """

    CALIBRATED = "calibrated"
    NOMINAL = "nominal"
    UNANCHORED = "unanchored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """A setting of a source with a known limit, where the error that it causes vanishes.

    Attributes:
        name: Column of ``Observations.knobs``.
        limit: Value at which the error is gone; infinite for a bond dimension or a basis.
        order: Leading power of that error in the distance to the limit: ``|v - limit|**order``, or
            ``v**-order`` at an infinite limit.
    """

    name: str
    limit: float
    order: float = 1.0

    def distance(self, values: FloatArray) -> FloatArray:
        """What the leading error is proportional to; 0 at the limit."""
        if np.isinf(self.limit):
            return np.asarray(np.abs(values) ** -self.order)
        return np.asarray(np.abs(values - self.limit) ** self.order)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """One source as the model sees it; sources are ordered by name before anything is computed.

    ``knobs`` act in the discrepancy; the noise gain of a device is ``Observations.gain``.
    ``damping`` is what circuits of known values say of a device at gain 1: the factor by which it
    damps, and the standard error of that.
    """

    name: str
    role: Role
    learn_scale: bool = False
    knobs: tuple[Knob, ...] = ()
    damping: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShotGroup:
    """Observations estimated from the same shots.

    Attributes:
        rows: Which observations, shape ``(g,)``.
        covariance: Statistical covariance of their values, shape ``(g, g)``, with ``std**2`` on the
            diagonal.
    """

    rows: IntArray
    covariance: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observations:
    """Everything that a project has measured of one observable.

    Attributes:
        x: Controls in their canonical units, shape ``(N, D)``.
        bounds: Lower and upper bound of each control, shape ``(D, 2)``; x is scaled by them.
        y: Observed values, shape ``(N,)``, in the observable's unit.
        std: Known one-sigma statistical error of ``y``, shape ``(N,)``; 0 when exact.
        source: Index into ``sources``, shape ``(N,)``.
        sources: The sources, by index.
        gain: Noise gain of device rows, shape ``(N,)``; 1 for raw runs, NaN for other roles.
        mixed_value: Value of the maximally mixed state for device rows, shape ``(N,)``; NaN where
            it is to be learned, and for other roles.
        value_bounds: Physical bounds of the observable; infinite where there is none.
        knobs: Values of the knobs that act in the discrepancy, by name, each shape ``(N,)``; NaN
            for sources without the knob.
        epoch: Calibration epoch of each device row, length N, or nothing; "" for none.
        branch: Branch of the solution of each row (of a mean field, say), length N, or nothing; a
            source has a discrepancy of its own on each branch.
        groups: Observations that share shots.
        drift: By how much, relative to its distance from the mixed value, the value of each row
            would be another one if it were measured now, shape ``(N,)``, 0 to 1; None for no row.
            Rows of one device and epoch share it.
    """

    x: FloatArray
    bounds: FloatArray
    y: FloatArray
    std: FloatArray
    source: IntArray
    sources: tuple[SourceSpec, ...]
    gain: FloatArray
    mixed_value: FloatArray
    value_bounds: tuple[float, float] = (-math.inf, math.inf)
    knobs: Mapping[str, FloatArray] = field(default_factory=dict)
    epoch: tuple[str, ...] = ()
    branch: tuple[str, ...] = ()
    groups: tuple[ShotGroup, ...] = ()
    drift: FloatArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """Belief about the truth at ``M`` points.

    Attributes:
        mean: Shape ``(M,)``, in the observable's unit.
        std: One sigma, shape ``(M,)``, after calibration by ``c2``, before Student-t and bounds.
        lower: Lower end of the 95 % interval, shape ``(M,)``.
        upper: Upper end of the 95 % interval, shape ``(M,)``.
        budget: Variance by cause, each shape ``(M,)``, summing to ``std**2``: ``epistemic``,
            ``bias:<source>``, ``shared_bias`` of several approximations, ``shot``, ``jitter``,
            ``hyperparameters``.
        shares: Share of each source in the prediction, each shape ``(M,)``, summing to 1; may be
            negative.
        claim: What the interval may be called.
        references: Number of distinct reference points.
        c2: Leave-one-out variance inflation, 1 to 9.
        nu: Degrees of freedom of the interval; None when it is not a Student-t interval.
    """

    mean: FloatArray
    std: FloatArray
    lower: FloatArray
    upper: FloatArray
    budget: Mapping[str, FloatArray]
    shares: Mapping[str, FloatArray]
    claim: Claim
    references: int
    c2: float
    nu: int | None


class Surrogate(Protocol):
    """A fitted multi-fidelity model. Fitting is a function that returns one; it never mutates."""

    def predict(self, x: FloatArray) -> Prediction:
        """Belief about the truth at ``x``, shape ``(M, D)``, in canonical units."""
        ...

    def scores(self) -> Mapping[str, float]:
        """Leave-one-out scores on the reference points (rmse, nlpd, coverage_95, c2)."""
        ...

    def to_bytes(self) -> bytes:
        """The whole fit as an ``.npz`` archive without pickles; predicts again after loading."""
        ...
