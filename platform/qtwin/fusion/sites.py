"""Measurements in canonical order, exact duplicates merged.

Shapes: ``N`` sites, ``D`` controls.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Observations, Role, SourceSpec
from qtwin.fusion.checks import check_observations

LIMIT = 500
"""Most distinct measurements that one exact fit takes."""

_SAME_X = 9  # decimals of a unit-cube coordinate that make two points the same point
_SAME_TRUTH = 1e-4  # exact references of one point may differ by this part of the spread
_SAME_Y = 1e-7  # exact repeats may differ by this part of the spread of all values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sites:
    """One row per distinct (source, x, gain), sorted by them; sources sorted by name.

    Attributes:
        x: Controls scaled to the unit cube by their bounds, shape ``(N, D)``.
        y: Inverse-variance mean of the repeats, shape ``(N,)``.
        var: Known statistical variance of ``y``, shape ``(N,)``.
        source: Index into ``specs``, shape ``(N,)``, non-decreasing.
        gain: Noise gain, shape ``(N,)``; 1 for rows that are not of a device.
        mixed: Value of the maximally mixed state, shape ``(N,)``; 0 for other rows.
        specs: The sources that have rows.
    """

    x: FloatArray
    y: FloatArray
    var: FloatArray
    source: IntArray
    gain: FloatArray
    mixed: FloatArray
    specs: tuple[SourceSpec, ...]

    def rows(self, source: int) -> slice:
        """The contiguous rows of one source."""
        start, stop = np.searchsorted(self.source, [source, source + 1])
        return slice(int(start), int(stop))

    def reference_points(self) -> tuple[IntArray, ...]:
        """Rows of each distinct reference point, ordered by x."""
        of_reference = [spec.role is Role.REFERENCE for spec in self.specs]
        rows = np.flatnonzero(np.asarray(of_reference)[self.source])
        if not len(rows):
            return ()
        inverse = np.unique(np.round(self.x[rows], _SAME_X), axis=0, return_inverse=True)[1]
        return tuple(rows[inverse.ravel() == point] for point in range(int(inverse.max()) + 1))


def unit_cube(x: FloatArray, bounds: FloatArray) -> FloatArray:
    """Scale controls by their bounds; shape ``(M, D)`` stays."""
    scaled: FloatArray = (x - bounds[:, 0]) / (bounds[:, 1] - bounds[:, 0])
    return scaled


def merge(data: Observations) -> Sites:
    """Sort canonically and merge repeats of one (source, x, gain) by inverse variance.

    Repeats share one jitter latent, so the merged posterior is the unmerged one: for ``y_j`` with
    variances ``v_j`` of the same latent, ``v = 1 / Σ 1/v_j`` and ``y = v Σ y_j / v_j`` suffice.

    Raises:
        ValueError: The observations are malformed, exact repeats differ, or there are too many.
    """
    check_observations(data)
    names = sorted({data.sources[i].name for i in data.source})
    rank = np.array([names.index(s.name) if s.name in names else -1 for s in data.sources])
    specs = tuple(sorted((s for s in data.sources if s.name in names), key=lambda s: s.name))
    device = np.array([s.role is Role.DEVICE for s in data.sources])[data.source]
    x = unit_cube(np.asarray(data.x, dtype=np.float64), np.asarray(data.bounds, dtype=np.float64))
    table = np.column_stack(
        [
            rank[data.source],
            np.round(x, _SAME_X) + 0.0,
            np.where(device, data.gain, 1.0),
            data.y,
            data.std,
            np.where(device, data.mixed_value, 0.0),
            x,
        ]
    )
    table = table[np.lexsort(table.T[::-1])]
    return _merge_sorted(table, x.shape[1], specs)


def _merge_sorted(table: FloatArray, d: int, specs: tuple[SourceSpec, ...]) -> Sites:
    key, y, std, mixed, x = np.split(table, [d + 2, d + 3, d + 4, d + 5], axis=1)
    starts = np.flatnonzero(np.r_[True, np.any(key[1:] != key[:-1], axis=1)])
    if len(starts) > LIMIT:
        raise ValueError(f"{len(starts)} distinct measurements; one fit takes at most {LIMIT}")
    tolerance = _SAME_Y * float(np.ptp(y))
    merged = []
    for start, stop in zip(starts, [*starts[1:], len(table)], strict=True):
        rows = slice(start, stop)
        if np.any(std[rows] == 0.0):
            _check_conflict(specs[int(key[start, 0])].name, y[rows], std[rows], tolerance)
        merged.append(_pool(y[rows, 0], mixed[rows, 0], std[rows, 0] ** 2))
    values = np.array(merged)
    sites = Sites(
        x=x[starts],
        y=values[:, 0],
        mixed=values[:, 1],
        var=values[:, 2],
        source=key[starts, 0].astype(np.int64),
        gain=key[starts, d + 1],
        specs=specs,
    )
    _check_references(sites, _SAME_TRUTH * float(np.ptp(y)))
    return sites


def _pool(y: FloatArray, mixed: FloatArray, var: FloatArray) -> tuple[float, float, float]:
    """Inverse-variance mean; a row without error outweighs all that have one."""
    exact = var == 0.0
    if np.any(exact):
        return float(y[exact].mean()), float(mixed[exact].mean()), 0.0
    weight = 1.0 / var
    total = float(weight.sum())
    return float(weight @ y) / total, float(weight @ mixed) / total, 1.0 / total


def _check_references(sites: Sites, tolerance: float) -> None:
    """All references see the truth itself, so exact ones must agree."""
    for rows in sites.reference_points():
        exact = rows[sites.var[rows] == 0.0]
        if len(exact) > 1 and np.ptp(sites.y[exact]) > tolerance:
            names = ", ".join(repr(sites.specs[s].name) for s in sites.source[exact])
            values = ", ".join(repr(float(value)) for value in sites.y[exact])
            raise ValueError(f"conflict: references {names} differ at one point: {values}")


def _check_conflict(name: str, y: FloatArray, std: FloatArray, tolerance: float) -> None:
    exact = y[std == 0.0]
    if np.ptp(exact) > tolerance:
        raise ValueError(
            f"conflict: source {name!r} has repeats without error that differ: "
            f"{float(exact.min())!r} and {float(exact.max())!r}"
        )
