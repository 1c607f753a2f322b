"""How a source sees the truth: ``y = m + rho (f - m)``, damped toward the mixed value m.

A noisy device shrinks every traceless observable, to good accuracy exponentially in its noise
gain; zero-noise extrapolation is then the limit G -> 0 of one model instead of a fit per point.
Shapes: ``n`` rows of one source, ``D`` controls, ``P`` hyperparameters.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.evidence.sites import Sites
from qtwin.fusion.star.parameters import SourceIndex


def transmission(theta: FloatArray, index: SourceIndex, sites: Sites) -> FloatArray:
    """``rho = c exp(-G (gamma + h . (x - 1/2)))`` of the rows of one source, shape ``(n,)``.

    A device with a single gain has no gamma (it cannot be told from c) and takes G as 1; other
    sources have ``rho = c``, or 1. With several gains h has a spread that is learned, ``h = s z``.
    """
    n = index.rows.stop - index.rows.start
    if index.scale is None and index.log_scale is None:
        return np.ones(n)
    rho: FloatArray = _scale(theta, index) * np.exp(-_exponent(theta, index, sites))
    return rho


def add_transmission_gradient(
    gradient: FloatArray, by_rho: FloatArray, theta: FloatArray, index: SourceIndex, sites: Sites
) -> None:
    """Add the chain rule through ``rho`` to ``gradient``, shape ``(P,)``; by_rho is ``(n,)``."""
    if index.log_scale is not None:
        gradient[index.log_scale] += np.exp(theta[index.log_scale]) * by_rho.sum()
        return
    if index.scale is None:
        return
    decay = by_rho * np.exp(-_exponent(theta, index, sites))
    gradient[index.scale] += decay.sum()
    if index.damping is None:
        return
    weighted = -theta[index.scale] * decay * _gain(index, sites)
    by_slope = weighted @ (sites.x[index.rows] - 0.5)
    gradient[index.damping] += _spread(theta, index) * by_slope
    if index.log_rate is not None:
        gradient[index.log_rate] += np.exp(theta[index.log_rate]) * weighted.sum()
    if index.log_spread is not None:
        gradient[index.log_spread] += _slope(theta, index) @ by_slope


def _scale(theta: FloatArray, index: SourceIndex) -> float:
    """``c`` of one source."""
    if index.log_scale is not None:
        return float(np.exp(theta[index.log_scale]))
    return float(theta[index.scale])


def _spread(theta: FloatArray, index: SourceIndex) -> float:
    return 1.0 if index.log_spread is None else float(np.exp(theta[index.log_spread]))


def _slope(theta: FloatArray, index: SourceIndex) -> FloatArray:
    """h, shape ``(D,)``."""
    slope: FloatArray = _spread(theta, index) * theta[index.damping]
    return slope


def _gain(index: SourceIndex, sites: Sites) -> FloatArray:
    gain = sites.gain[index.rows]
    return gain if index.log_rate is not None else np.ones_like(gain)


def _exponent(theta: FloatArray, index: SourceIndex, sites: Sites) -> FloatArray:
    n = index.rows.stop - index.rows.start
    if index.damping is None:
        return np.zeros(n)
    rate = np.exp(theta[index.log_rate]) if index.log_rate is not None else 0.0
    features = sites.x[index.rows] - 0.5
    exponent: FloatArray = _gain(index, sites) * (rate + features @ _slope(theta, index))
    return exponent
