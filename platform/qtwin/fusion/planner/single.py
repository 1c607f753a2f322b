"""The plain Gaussian process on the references alone, which every plan is measured against.

The gain of many sources is real but not universal: where they mislead, reference runs alone do
better at equal cost, and a plan should say so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import Observations, Role

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


def better_alone(
    *, sigma: float, alone_sigma: float, loo: float | None, alone_loo: float | None
) -> bool:
    """Whether the references alone expect less error at equal cost, or miss each other by less."""
    misses_less = loo is not None and alone_loo is not None and alone_loo < loo
    return alone_sigma < sigma or misses_less
