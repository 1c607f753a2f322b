"""Some of the sites, as sites again.

Shapes: ``N`` sites.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.fusion.evidence.sites import Sites

_LEAST = 30  # rows of a source that a stratified choice keeps, if it has them


def take(sites: Sites, keep: NDArray[np.bool_]) -> Sites:
    """The sites where ``keep``, shape ``(N,)``, is true; sources without rows are dropped."""
    rows = np.flatnonzero(keep)
    present = np.unique(sites.source[rows])
    place = np.full(len(sites.specs), -1)
    place[present] = np.arange(len(present))
    return replace(
        sites,
        x=sites.x[rows],
        y=sites.y[rows],
        var=sites.var[rows],
        source=place[sites.source[rows]],
        gain=sites.gain[rows],
        mixed=sites.mixed[rows],
        mixed_unknown=sites.mixed_unknown[rows],
        distance=sites.distance[rows],
        reach=sites.reach[present],
        epoch=sites.epoch[rows],
        branch=sites.branch[rows],
        shared=_shared(sites.shared, keep),
        specs=tuple(sites.specs[s] for s in present),
    )


def stratified(sites: Sites, size: int, seed: int) -> NDArray[np.bool_]:
    """About ``size`` sites, of each source in proportion but never almost none, shape ``(N,)``."""
    rng = np.random.default_rng(seed)
    keep = np.zeros(len(sites.y), dtype=bool)
    for s in range(len(sites.specs)):
        rows = np.arange(len(sites.y))[sites.rows(s)]
        wanted = max(_LEAST, round(size * len(rows) / len(sites.y)))
        keep[rng.permutation(rows)[:wanted]] = True
    return keep


def _shared(
    shared: tuple[IntArray, FloatArray] | None, keep: NDArray[np.bool_]
) -> tuple[IntArray, FloatArray] | None:
    if shared is None or not keep[shared[0]].any():
        return None
    inside = keep[shared[0]]
    place = np.cumsum(keep) - 1
    return place[shared[0][inside]], shared[1][np.ix_(inside, inside)]
