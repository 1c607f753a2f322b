"""Evidence that contradicts itself: exact observations that differ, epochs that were left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import IntArray, Observations, SourceSpec
from qtwin.fusion.sites import Sites

_SAME_TRUTH = 1e-4  # exact references of one point may differ by this part of the spread
_SAME_Y = 1e-7  # exact repeats may differ by this part of the spread of all values


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
    """Exact observations that cannot all be true.

    Attributes:
        rows: Which observations.
    """

    def __init__(self, message: str, rows: IntArray) -> None:
        super().__init__(message)
        self.rows = tuple(rows.tolist())


def check_repeats(
    data: Observations, site: IntArray, source: IntArray, specs: tuple[SourceSpec, ...]
) -> None:
    """Exact repeats of one site must agree.

    Args:
        data: The observations.
        site: Site of each observation.
        source: Index into ``specs`` of each site.
        specs: The sources.

    Raises:
        Contradiction: They differ.
    """
    exact = data.std == 0.0
    if not exact.any():
        return
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


def check_references(data: Observations, site: IntArray, sites: Sites) -> None:
    """All references see the truth itself, so exact ones must agree.

    Args:
        data: The observations.
        site: Site of each observation.
        sites: The sites.

    Raises:
        Contradiction: They differ.
    """
    tolerance = _SAME_TRUTH * float(np.ptp(sites.y))
    for rows in sites.reference_points():
        exact = rows[sites.var[rows] == 0.0]
        if len(exact) > 1 and np.ptp(sites.y[exact]) > tolerance:
            names = ", ".join(repr(sites.specs[s].name) for s in sites.source[exact])
            values = ", ".join(repr(float(value)) for value in sites.y[exact])
            raise Contradiction(
                f"conflict: references {names} differ at one point: {values}",
                np.flatnonzero((data.std == 0.0) & np.isin(site, exact)),
            )
