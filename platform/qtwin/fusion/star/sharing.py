"""Which rows of a source share how much of its discrepancy.

The covariance of a discrepancy is ``e_i e_j (1 + M_ij) Σ_k A_k² P_k,ij``: one amplitude A_k and one
fixed pattern P_k for each cause:

- the source itself: ``P = 1``; none for a reference;
- each noise gain of a device run at several: ``P = [G_i = G_j]``, so the discrepancy that amplified
  noise does not change survives G -> 0;
- each calibration epoch of a device with several: ``P = [epoch_i = epoch_j]``, sub-sources with a
  shared part;
- each knob: ``P = u_i u_j (1 + r² u_i u_j) / (1 + r²)`` with the distance u to its limit, so the
  variance vanishes there at the known order (Tuo, Wu & Yu 2014) and the twin predicts the limit;
  the second term is the next order of the expansion, as in Richardson's extrapolation;
- each knob once more: ``P = min(u_i, u_j)²``, increments that are independent of each other, so
  that an error that follows no power of u leaves as much open at the limit as it changed before.

All patterns are zero between two branches of one source.
Shapes: ``n`` rows of one source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Role
from qtwin.fusion.evidence.sites import Sites
from qtwin.fusion.prior import LOG_AMPLITUDE

LOG_OWN = (-4.0, 1.5)
"""Mean and sigma of the log amplitude of what a gain or an epoch has of its own."""

LOG_ROUGH = (-7.0, 3.0)
"""Mean and sigma of the log amplitude of what the powers of a knob's distance do not explain:
little for a Trotter step, most for a bond dimension, whose error falls faster than any power."""

_NEXT = 0.5  # amplitude of the next order of a knob's error over that of the leading one


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Share:
    """One cause of discrepancy.

    Attributes:
        name: Of the hyperparameter that is its log amplitude.
        prior: Mean and sigma of that.
        pattern: Shape ``(n, n)``.
    """

    name: str
    prior: tuple[float, float]
    pattern: FloatArray


def shares_of(sites: Sites, source: int) -> tuple[Share, ...]:
    """The causes that one source has; none for a plain reference."""
    rows, role = sites.rows(source), sites.specs[source].role
    mask = _same(sites.branch[rows])
    found = []
    if role is not Role.REFERENCE:
        found.append(Share(name="log_amplitude", prior=LOG_AMPLITUDE, pattern=mask))
    if role is Role.DEVICE and np.ptp(sites.gain[rows]) > 0.0:
        pattern = mask * _same(sites.gain[rows])
        found.append(Share(name="log_own", prior=LOG_OWN, pattern=pattern))
    if np.unique(sites.epoch[rows]).size > 1:
        pattern = mask * _same(sites.epoch[rows])
        found.append(Share(name="log_epoch", prior=LOG_OWN, pattern=pattern))
    for q in sites.columns(source):
        name = f"log_knob.{sites.knob_names[q]}"
        pattern = mask * _vanishing(sites.distance[rows, q])
        found.append(Share(name=name, prior=LOG_AMPLITUDE, pattern=pattern))
        name = f"log_rough.{sites.knob_names[q]}"
        pattern = mask * _rough(sites.distance[rows, q])
        found.append(Share(name=name, prior=LOG_ROUGH, pattern=pattern))
    return tuple(found)


def _same(labels: FloatArray | IntArray) -> FloatArray:
    same: FloatArray = (labels[:, None] == labels[None, :]).astype(np.float64)
    return same


def _vanishing(distance: FloatArray) -> FloatArray:
    product = np.outer(distance, distance)
    pattern: FloatArray = product * (1.0 + _NEXT**2 * product) / (1.0 + _NEXT**2)
    return pattern


def _rough(distance: FloatArray) -> FloatArray:
    pattern: FloatArray = np.minimum.outer(distance, distance) ** 2
    return pattern
