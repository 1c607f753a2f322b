"""What an unanchored fit says: the class prior of its best source.

Without a reference the bias of the sources is not identifiable: they may agree and all be wrong.
The best source is the one with the largest mean share at the measured points, of those that have a
bias: references that say no more than the spread of the values have none, and anchor nothing.
Its bias term is widened to at least the variance of a discrepancy of its class,

``2 exp(2 (μ_A + σ_A))`` for most sources, one sigma above the median of the prior of log A_s, and
``2 exp(2 μ_A)``, the median, for a device with a gain knob, which identifies its own limit

(2 is the prior variance of the constant and the Matérn part), in standardised units.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.prior import BIAS_CONSTANT, LOG_AMPLITUDE
from qtwin.fusion.star.parameters import Layout
from qtwin.fusion.widening import Widening


def class_prior(layout: Layout, shares: Mapping[str, FloatArray]) -> Widening | None:
    """The class prior of the best source; None where only references have measured."""
    biased = [index for index in layout.sources if index.log_length is not None]
    if not biased:
        return None
    best = max(biased, key=lambda index: float(np.mean(shares[index.name])))
    median, sigma = LOG_AMPLITUDE
    log_amplitude = median if best.log_rate is not None else median + sigma
    variance = (BIAS_CONSTANT + 1.0) * float(np.exp(2.0 * log_amplitude))
    return Widening(source=best.name, variance=variance)
