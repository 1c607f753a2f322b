"""The least bias that an unanchored fit admits to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Widening:
    """Least variance of the bias of one source, in standardised units."""

    source: str
    variance: float


def widen(variance: Mapping[str, FloatArray], widening: Widening) -> dict[str, FloatArray]:
    """Raise the best source's bias term to the class prior where it is lower."""
    key = f"bias:{widening.source}"
    return {**variance, key: np.maximum(variance[key], widening.variance)}
