"""What devices gave, as the calibration reads it.

Shapes use ``P`` for settings of the controls, ``C`` for controls, ``R`` for values, ``Q`` for
histograms of shots and ``n`` for qubits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray


def _no_indices() -> IntArray:
    return np.empty(0, dtype=np.int64)


def _no_values() -> FloatArray:
    return np.empty(0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CalibrationData:
    """Values with their errors, and counts of bit strings; the same shots are in one of them only.

    Attributes:
        points: The settings, in the controls' canonical units, shape ``(P, C)``.
        observables: Name of each value's observable, length R.
        value_points: Setting of each value, shape ``(R,)``.
        values: Shape ``(R,)``.
        covariance: Of the values' statistical errors, shape ``(R, R)``.
        count_points: Setting of each histogram, shape ``(Q,)``.
        counts: How often each bit string was read, qubit 0 rightmost, shape ``(Q, 2**n)``.
        sources: How many rows each source gave.
        left_out: How many rows were not used, by reason.
    """

    points: FloatArray
    observables: tuple[str, ...] = ()
    value_points: IntArray = field(default_factory=_no_indices)
    values: FloatArray = field(default_factory=_no_values)
    covariance: FloatArray = field(default_factory=lambda: np.empty((0, 0)))
    count_points: IntArray = field(default_factory=_no_indices)
    counts: IntArray = field(default_factory=lambda: np.empty((0, 0), dtype=np.int64))
    sources: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.values) + len(self.counts) == 0:
            raise ValueError("there is neither a value nor a histogram; allowed: one at least")
        self._check_values()
        if self.counts.ndim != 2 or len(self.counts) != len(self.count_points):
            raise ValueError(f"counts {self.counts.shape} of {len(self.count_points)} settings")
        if np.any(self.counts < 0):
            raise ValueError("a count is below 0; allowed: 0 or more")
        for name, places in (("values", self.value_points), ("counts", self.count_points)):
            if np.any((places < 0) | (places >= len(self.points))):
                raise ValueError(f"settings of {name} are beyond the {len(self.points)} points")

    def _check_values(self) -> None:
        values = len(self.values)
        if len(self.observables) != values or self.value_points.shape != (values,):
            raise ValueError(f"{values} values need as many observables and settings")
        if self.covariance.shape != (values, values):
            raise ValueError(f"covariance {self.covariance.shape}; allowed: {(values, values)}")
        if not (np.isfinite(self.values).all() and np.isfinite(self.covariance).all()):
            raise ValueError("values and their covariance must be finite")
        for row in np.flatnonzero(np.diag(self.covariance) <= 0):
            raise ValueError(f"value {row} has no statistical error; allowed: above 0")

    @property
    def shots(self) -> IntArray:
        """Of each histogram, shape ``(Q,)``."""
        return np.asarray(self.counts.sum(axis=1), dtype=np.int64)

    def digest(self) -> str:
        """SHA-256 of everything that a posterior is made of."""
        told = hashlib.sha256(json.dumps(self.observables).encode())
        for array in (
            self.points, self.value_points, self.values, self.covariance,
            self.count_points, self.counts,
        ):  # fmt: skip
            told.update(json.dumps(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return told.hexdigest()
