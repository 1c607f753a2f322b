"""Measurements in canonical order, exact duplicates merged.

Shapes: ``N`` sites, ``D`` controls, ``Q`` knobs, ``S`` sources.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Role, SourceSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAME_X = 9
"""Decimals of a unit-cube coordinate that make two points the same point."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sites:
    """One row per distinct (source, x, gain, knobs, epoch, branch); sources sorted by name.

    Attributes:
        x: Controls scaled to the unit cube by their bounds, shape ``(N, D)``.
        y: Inverse-variance mean of the repeats, shape ``(N,)``.
        var: Known statistical variance of ``y``, shape ``(N,)``.
        source: Index into ``specs``, shape ``(N,)``, non-decreasing.
        gain: Noise gain, shape ``(N,)``; 1 for rows that are not of a device.
        mixed: Value of the maximally mixed state, shape ``(N,)``; 0 where unknown and for other
            rows.
        mixed_unknown: Rows whose mixed value is to be learned, shape ``(N,)``: of devices that
            nobody stated it for, and of approximations whose scale is learned, around that value.
        distance: Distance to the limit of each knob, 1 at ``reach``, shape ``(N, Q)``; 0 for
            sources without the knob.
        reach: Distance that counts as 1, of each source and knob, shape ``(S, Q)``.
        knob_names: The knobs, sorted.
        epoch: Index into ``epoch_names``, shape ``(N,)``; -1 for none.
        epoch_names: The calibration epochs, sorted.
        branch: Index of the branch, shape ``(N,)``; -1 for none.
        shared: Covariance of the shot noise between rows, zero on the diagonal: rows ``(g,)`` and
            values ``(g, g)``; None when no rows share shots.
        specs: The sources that have rows.
    """

    x: FloatArray
    y: FloatArray
    var: FloatArray
    source: IntArray
    gain: FloatArray
    mixed: FloatArray
    mixed_unknown: NDArray[np.bool_]
    distance: FloatArray
    reach: FloatArray
    knob_names: tuple[str, ...]
    epoch: IntArray
    epoch_names: tuple[str, ...]
    branch: IntArray
    shared: tuple[IntArray, FloatArray] | None
    specs: tuple[SourceSpec, ...]

    def rows(self, source: int) -> slice:
        """The contiguous rows of one source."""
        start, stop = np.searchsorted(self.source, [source, source + 1])
        return slice(int(start), int(stop))

    def columns(self, source: int) -> list[int]:
        """Columns of the knobs that one source has, in their order."""
        names = {knob.name for knob in self.specs[source].knobs}
        return [q for q, name in enumerate(self.knob_names) if name in names]

    def reference_points(self) -> tuple[IntArray, ...]:
        """Rows of each distinct reference point, ordered by x.

        A source with a knob is a reference only at the knob's limit.
        """
        of_reference = [spec.role is Role.REFERENCE for spec in self.specs]
        at_limit = ~self.distance.any(axis=1)
        rows = np.flatnonzero(np.asarray(of_reference)[self.source] & at_limit)
        if not len(rows):
            return ()
        inverse = np.unique(np.round(self.x[rows], SAME_X), axis=0, return_inverse=True)[1]
        return tuple(rows[inverse.ravel() == point] for point in range(int(inverse.max()) + 1))


def unit_cube(x: FloatArray, bounds: FloatArray) -> FloatArray:
    """Scale controls by their bounds; shape ``(M, D)`` stays."""
    scaled: FloatArray = (x - bounds[:, 0]) / (bounds[:, 1] - bounds[:, 0])
    return scaled


def add_noise(matrix: FloatArray, sites: Sites, jitter: FloatArray | float = 0.0) -> None:
    """Add the covariance of the shot noise, and a jitter variance of each site, ``(N,)``, in place.

    The matrix has shape ``(N, N)``.
    """
    matrix.flat[:: len(matrix) + 1] += sites.var + jitter
    if sites.shared is not None:
        rows, noise = sites.shared
        matrix[np.ix_(rows, rows)] += noise
