"""The plain Gaussian process on the references alone, which every plan is measured against.

The gain of many sources is real but not universal: where they mislead, reference runs alone do
better at equal cost, and a plan should say so.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import IntArray, Observations, Role, ShotGroup

FEWEST = 3
"""References from which their leave-one-out errors are compared."""


def reference_names(data: Observations) -> tuple[str, ...]:
    """Sources that see the truth itself."""
    return tuple(sorted(spec.name for spec in data.sources if spec.role is Role.REFERENCE))


def reference_rows(data: Observations) -> NDArray[np.bool_]:
    """Their rows, shape ``(N,)``."""
    role = np.array([spec.role is Role.REFERENCE for spec in data.sources])
    rows: NDArray[np.bool_] = role[data.source]
    return rows


def subset(data: Observations, keep: NDArray[np.bool_]) -> Observations:
    """The rows where ``keep``, shape ``(N,)``, is true."""
    place = np.cumsum(keep) - 1
    return replace(
        data,
        x=data.x[keep],
        y=data.y[keep],
        std=data.std[keep],
        source=data.source[keep],
        gain=data.gain[keep],
        mixed_value=data.mixed_value[keep],
        knobs={name: values[keep] for name, values in data.knobs.items()},
        epoch=_kept(data.epoch, keep),
        branch=_kept(data.branch, keep),
        groups=tuple(
            _part(group, keep, place) for group in data.groups if keep[group.rows].sum() > 0
        ),
    )


def better_alone(
    *, sigma: float, alone_sigma: float, loo: float | None, alone_loo: float | None
) -> bool:
    """Whether the references alone expect less error at equal cost, or miss each other by less."""
    misses_less = loo is not None and alone_loo is not None and alone_loo < loo
    return alone_sigma < sigma or misses_less


def _kept(labels: tuple[str, ...], keep: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(label for label, k in zip(labels, keep, strict=True) if k) if labels else ()


def _part(group: ShotGroup, keep: NDArray[np.bool_], place: IntArray) -> ShotGroup:
    inside = keep[group.rows]
    return ShotGroup(
        rows=place[group.rows[inside]], covariance=group.covariance[np.ix_(inside, inside)]
    )
