"""Evidence that contradicts itself: observations that differ, epochs that were left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import IntArray, Observations, Role, SourceSpec
from qtwin.fusion.evidence.sites import Sites

_SAME_TRUTH = 1e-4  # exact references of one point may differ by this part of the spread
_SAME_Y = 1e-7  # exact repeats may differ by this part of the spread of all values
_SIGMAS = 8.0  # that a reference may be off what it and its likes say together


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """An epoch that was left out.

    Attributes:
        source: Name of the device.
        epoch: Its calibration epoch.
        z: How many sigma it is from what everything else says.
        rows: How many sites it had.
    """

    source: str
    epoch: str
    z: float
    rows: int


class Contradiction(ValueError):
    """Observations that cannot all be true.

    Attributes:
        rows: Which observations.
    """

    def __init__(self, message: str, rows: IntArray) -> None:
        super().__init__(message)
        self.rows = tuple(rows.tolist())


def check_repeats(
    data: Observations, site: IntArray, source: IntArray, specs: tuple[SourceSpec, ...]
) -> None:
    """Exact repeats of one site must agree; those of a reference also within their errors.

    Args:
        data: The observations.
        site: Site of each observation.
        source: Index into ``specs`` of each site.
        specs: The sources.

    Raises:
        Contradiction: They differ.
    """
    _check_exact(data, site, source, specs)
    _check_noisy(data, site, source, specs)


def _check_exact(
    data: Observations, site: IntArray, source: IntArray, specs: tuple[SourceSpec, ...]
) -> None:
    exact = data.std == 0.0
    n = len(source)
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(low, site[exact], data.y[exact])
    np.maximum.at(high, site[exact], data.y[exact])
    apart = np.flatnonzero(high - low > _SAME_Y * float(np.ptp(data.y)))
    if len(apart):
        worst = apart[0]
        raise Contradiction(
            f"conflict: source {specs[source[worst]].name!r} has repeats without error that "
            f"differ: {float(low[worst])!r} and {float(high[worst])!r}",
            np.flatnonzero(exact & (site == worst)),
        )


def _check_noisy(
    data: Observations, site: IntArray, source: IntArray, specs: tuple[SourceSpec, ...]
) -> None:
    reference = np.array([spec.role is Role.REFERENCE for spec in specs])[source]
    rows = np.flatnonzero((data.std > 0.0) & reference[site])
    weight = data.std[rows] ** -2.0
    total = np.bincount(site[rows], weights=weight, minlength=len(source))
    pulled = np.bincount(site[rows], weights=weight * data.y[rows], minlength=len(source))
    off = np.abs(data.y[rows] - pulled[site[rows]] / total[site[rows]]) / data.std[rows]
    if off.max(initial=0.0) > _SIGMAS:
        worst = rows[np.argmax(off)]
        raise Contradiction(
            f"conflict: reference {specs[source[site[worst]]].name!r} has a repeat that is "
            f"{off.max():.3g} of its sigmas off the others: {float(data.y[worst])!r}",
            rows[site[rows] == site[worst]],
        )


def check_references(data: Observations, site: IntArray, sites: Sites) -> None:
    """All references see the truth itself, so they must agree within their errors.

    Args:
        data: The observations.
        site: Site of each observation.
        sites: The sites.

    Raises:
        Contradiction: They differ.
    """
    tolerance = _SAME_TRUTH * float(np.ptp(sites.y))
    for rows in sites.reference_points():
        y, var = sites.y[rows], sites.var[rows]
        exact = var == 0.0
        middle = np.mean(y[exact]) if exact.any() else np.average(y, weights=1.0 / var)
        apart = np.abs(y - middle) > tolerance + _SIGMAS * np.sqrt(var)
        if apart.any() or (exact.any() and np.ptp(y[exact]) > tolerance):
            names = ", ".join(repr(sites.specs[s].name) for s in sites.source[rows])
            values = ", ".join(repr(float(value)) for value in y)
            raise Contradiction(
                f"conflict: references {names} differ at one point: {values}",
                np.flatnonzero(np.isin(site, rows)),
            )
