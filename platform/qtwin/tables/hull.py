"""Which points lie outside of what was measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray

_MOST_CONTROLS = 4  # the facets of a hull grow exponentially with the controls
_SLACK = 1e-9


def outside_bounds(x: FloatArray, bounds: FloatArray) -> NDArray[np.bool_]:
    """Points of ``x``, shape ``(M, D)``, beyond the bounds of a control, shape ``(D, 2)``."""
    slack = _SLACK * (bounds[:, 1] - bounds[:, 0])
    return np.asarray(np.any((x < bounds[:, 0] - slack) | (x > bounds[:, 1] + slack), axis=1))


def outside_hull(x: FloatArray, seen: FloatArray) -> NDArray[np.bool_]:
    """Points of ``x`` outside the convex hull of those seen, shape ``(N, D)``.

    With more than four controls, or points seen on one line or plane, outside their box.
    """
    box = np.column_stack([seen.min(axis=0), seen.max(axis=0)])
    beyond = outside_bounds(x, box)
    distinct = np.unique(seen, axis=0)
    if not 2 <= x.shape[1] <= _MOST_CONTROLS or len(distinct) <= x.shape[1]:
        return beyond
    from scipy.spatial import ConvexHull, QhullError

    width = box[:, 1] - box[:, 0]
    width[width == 0.0] = 1.0
    try:
        facets = ConvexHull((distinct - box[:, 0]) / width).equations
    except QhullError:
        return beyond
    scaled = (x - box[:, 0]) / width
    return np.asarray(np.any(scaled @ facets[:, :-1].T + facets[:, -1] > _SLACK, axis=1))
