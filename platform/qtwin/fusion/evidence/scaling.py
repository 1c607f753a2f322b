"""Standardisation of the values, so that priors mean the same for every observable."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Role
from qtwin.fusion.evidence.sites import Sites

_FREEDOM = 4  # of the pooled spread, from which it is trusted alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """``y = shift + factor * standardised``."""

    shift: float
    factor: float


def scale_of(sites: Sites, value_bounds: tuple[float, float]) -> Scale:
    """Mean of the references, and the spread of values within a source.

    The spread is that of the references when there are more than four, or the pooled spread
    around the mean of each source, whichever is larger. When that has fewer than four degrees of
    freedom, the differences between sources count as spread too. Data without any spread are
    scaled by the half range of the physical bounds, or by their own size. No scale is below the
    smallest statistical error: what was never seen more sharply may be as large.
    """
    reference = np.array([s.role is Role.REFERENCE for s in sites.specs])[sites.source]
    anchor = sites.y[reference] if reference.any() else sites.y
    spread = float(np.std(anchor)) if reference.sum() > 4 else 0.0
    spread = max(spread, float(np.sqrt(np.mean(_centred(sites) ** 2))))
    shift = float(np.mean(anchor))
    if len(sites.y) - len(sites.specs) < _FREEDOM:
        spread = max(spread, float(np.std(sites.y)))
    if spread <= 1e-12 * float(np.abs(sites.y).max()):
        spread = float(np.std(sites.y))
    if spread <= 1e-12 * float(np.abs(sites.y).max()):
        spread = _size(shift, value_bounds)
    return Scale(shift=shift, factor=max(spread, float(np.sqrt(sites.var.min()))))


def _centred(sites: Sites) -> FloatArray:
    means = np.array([np.mean(sites.y[sites.rows(s)]) for s in range(len(sites.specs))])
    centred: FloatArray = sites.y - means[sites.source]
    return centred


def _size(shift: float, value_bounds: tuple[float, float]) -> float:
    half_range = 0.5 * (value_bounds[1] - value_bounds[0])
    if np.isfinite(half_range):
        return float(half_range)
    return abs(shift) if shift else 1.0


def standardise(sites: Sites, scale: Scale) -> Sites:
    """The same sites in standardised units."""
    return replace(
        sites,
        y=(sites.y - scale.shift) / scale.factor,
        var=sites.var / scale.factor**2,
        mixed=np.where(sites.mixed_unknown, 0.0, (sites.mixed - scale.shift) / scale.factor),
        shared=_scaled(sites.shared, scale.factor),
    )


def _scaled(
    shared: tuple[IntArray, FloatArray] | None, factor: float
) -> tuple[IntArray, FloatArray] | None:
    return None if shared is None else (shared[0], shared[1] / factor**2)
