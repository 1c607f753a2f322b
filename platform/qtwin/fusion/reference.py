"""Only the references, as one Gaussian process: what a twin is measured against.

The star without its other sources. The gain of many sources is real but not universal, so the plain
curve through the exact runs stands beside every multi-source answer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Observations, Role, ShotGroup
from qtwin.fusion.checks import check_observations
from qtwin.fusion.posterior import StarFit


def fit_reference(data: Observations, *, seed: int = 0, steps: int | None = None) -> StarFit:
    """Fit the star to the rows of reference sources at the limit of their knobs.

    Raises:
        ValueError: The observations are malformed, or none of them is a reference.
    """
    from qtwin.fusion.star import fit_star  # reading a fit has no need of scipy

    check_observations(data)
    rows = np.flatnonzero(_is_reference(data))
    if not len(rows):
        raise ValueError("no reference measurement: the model 'reference' takes nothing else")
    return fit_star(_taken(data, rows), seed=seed, steps=steps)


def _is_reference(data: Observations) -> np.ndarray:
    exact = np.array([spec.role is Role.REFERENCE for spec in data.sources])[data.source]
    for s, spec in enumerate(data.sources):
        for knob in spec.knobs:
            rows = data.source == s
            exact[rows] &= knob.distance(data.knobs[knob.name][rows]) == 0.0
    return exact


def _taken(data: Observations, rows: IntArray) -> Observations:
    arrays = ("x", "y", "std", "source", "gain", "mixed_value")
    labels: dict[str, Any] = {
        name: tuple(getattr(data, name)[row] for row in rows) if getattr(data, name) else ()
        for name in ("epoch", "branch")
    }
    return replace(
        data,
        **{name: getattr(data, name)[rows] for name in arrays},
        **labels,
        knobs={name: values[rows] for name, values in data.knobs.items()},
        groups=tuple(_group(group, rows) for group in data.groups),
    )


def _group(group: ShotGroup, rows: IntArray) -> ShotGroup:
    kept = np.flatnonzero(np.isin(group.rows, rows))
    covariance: FloatArray = group.covariance[np.ix_(kept, kept)]
    return ShotGroup(rows=np.searchsorted(rows, group.rows[kept]), covariance=covariance)
