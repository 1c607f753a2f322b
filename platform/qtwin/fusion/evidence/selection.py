"""Some of the observations, as observations again.

Shapes: ``N`` observations, ``n`` of them, ``g`` rows of a group.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qtwin.fusion.base import IntArray, Observations, ShotGroup


def select(data: Observations, rows: IntArray) -> Observations:
    """The observations at increasing ``rows``, shape ``(n,)``; all sources stay."""
    place = np.full(len(data.y), -1)
    place[rows] = np.arange(len(rows))
    groups = [_within(group, place) for group in data.groups]
    return replace(
        data,
        x=data.x[rows],
        y=data.y[rows],
        std=data.std[rows],
        source=data.source[rows],
        gain=data.gain[rows],
        mixed_value=data.mixed_value[rows],
        knobs={name: values[rows] for name, values in data.knobs.items()},
        epoch=tuple(data.epoch[row] for row in rows) if data.epoch else (),
        branch=tuple(data.branch[row] for row in rows) if data.branch else (),
        groups=tuple(group for group in groups if len(group.rows)),
        drift=None if data.drift is None else data.drift[rows],
    )


def _within(group: ShotGroup, place: IntArray) -> ShotGroup:
    """What is left of a group, its rows moved to their new place; -1 is gone."""
    kept = np.flatnonzero(place[group.rows] >= 0)
    covariance = np.asarray(group.covariance, dtype=np.float64)[np.ix_(kept, kept)]
    return ShotGroup(rows=place[group.rows[kept]], covariance=covariance)
