"""Priors that the models share, in standardised units.

Scales are logarithms, so that every prior is a Gaussian and elliptical slice sampling applies.
"""

from __future__ import annotations

import numpy as np

TRUTH_CONSTANT = 4.0
"""Prior variance of the constant part of the truth."""

TRUTH_LOG_AMPLITUDE = (0.0, 1.0)
"""Mean and sigma of log A_f of the truth's Matérn part: a smooth truth has a large amplitude and a
long length scale, and is interpolated like a spline."""

BIAS_CONSTANT = 1.0
"""Prior variance of the constant part of a discrepancy of unit amplitude."""

LOG_AMPLITUDE = (-2.0, 2.0)
"""Mean and sigma of log A of a discrepancy: wide, since one project holds errors of 0.001 and of 1.
"""

LOG_JITTER = (-7.0, 1.5)
"""Mean and sigma of log tau."""

NUGGET = 1e-8
"""Variance on the diagonal that keeps the factorisation stable."""


def length_prior(controls: int) -> tuple[float, float]:
    """Mean and sigma of log l over the unit cube, in as many dimensions as there are controls."""
    return float(np.log(0.4 * np.sqrt(controls))), 0.7
