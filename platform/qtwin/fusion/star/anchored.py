"""Priors of a device's channel, with what anchors say of its damping.

Anchors are circuits of the device's own shape whose values are known. They say what the damping
``rho`` is at gain 1, ``r ± s``; the prior takes that in as Gaussians do, so that a sharp estimate
is nearly all that counts, and a poor one leaves the prior as it was. Circuits of one shape are not
all damped alike: to the variance ``s²`` is added that of `SPREAD`.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import SourceSpec

SPREAD = 0.05
"""How far the damping of a circuit is from that of its anchors: seen on a recorded device."""

SCALE = (0.85, 0.3)
"""Mean and sigma of c_s of a device with one gain."""

SCALE_OF_GAINS = (1.0, 0.1)
"""The same with several gains, which have a damping rate besides."""

LOG_RATE = (0.0, 1.0)
"""Mean and sigma of log gamma_s."""

_SLOWEST = 1e-3  # damping rate that anchors at or above 1 are taken for

Prior = tuple[float, float]


def scale_prior(spec: SourceSpec, *, gains: bool) -> Prior:
    """Mean and sigma of c_s; with several gains anchors speak of the rate instead."""
    if gains:
        return SCALE_OF_GAINS
    return SCALE if spec.damping is None else _taken_in(SCALE, *_widened(spec.damping))


def rate_prior(spec: SourceSpec) -> Prior:
    """Mean and sigma of log gamma_s, where ``rho = c exp(-gamma)`` at gain 1."""
    if spec.damping is None:
        return LOG_RATE
    seen, sigma = _widened(spec.damping)
    centre, own = SCALE_OF_GAINS
    rate = max(_SLOWEST, -float(np.log(max(_SLOWEST, seen) / centre)))
    error = float(np.hypot(sigma / max(_SLOWEST, seen), own / centre))
    return _taken_in(LOG_RATE, float(np.log(rate)), error / rate)


def _widened(damping: Prior) -> Prior:
    return damping[0], float(np.hypot(damping[1], SPREAD))


def _taken_in(prior: Prior, seen: float, sigma: float) -> Prior:
    """The Gaussian that is the product of two."""
    before, now = prior[1] ** -2.0, sigma**-2.0
    return (prior[0] * before + seen * now) / (before + now), (before + now) ** -0.5
