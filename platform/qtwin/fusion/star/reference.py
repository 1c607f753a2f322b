"""Only the references, as one Gaussian process: what a twin is measured against.

The star without its other sources. The gain of many sources is real but not universal, so the plain
curve through the exact runs stands beside every multi-source answer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import Observations, Role
from qtwin.fusion.evidence.checks import check_observations
from qtwin.fusion.evidence.selection import select
from qtwin.fusion.star.posterior import StarFit


def fit_reference(data: Observations, *, seed: int = 0, steps: int | None = None) -> StarFit:
    """Fit the star to the rows of reference sources at the limit of their knobs.

    Raises:
        ValueError: The observations are malformed, or none of them is a reference.
    """
    from qtwin.fusion.star.fit import fit_star  # reading a fit has no need of scipy

    check_observations(data)
    rows = np.flatnonzero(_is_reference(data))
    if not len(rows):
        raise ValueError("no reference measurement: the model 'reference' takes nothing else")
    return fit_star(select(data, rows), seed=seed, steps=steps)


def _is_reference(data: Observations) -> NDArray[np.bool_]:
    exact: NDArray[np.bool_] = np.array([spec.role is Role.REFERENCE for spec in data.sources])[
        data.source
    ]
    for s, spec in enumerate(data.sources):
        for knob in spec.knobs:
            rows = data.source == s
            exact[rows] &= knob.distance(data.knobs[knob.name][rows]) == 0.0
    return exact
