"""Predictions that leave out one reference point each, without a refit.

Leaving out block B changes a sample's prediction at x* by its weights ``c_B`` there: the mean
becomes ``m - c_Bᵀ G α_B`` and the variance ``s² + c_Bᵀ G c_B``, with G of ``calibration.py``.
Shapes: ``T`` samples, ``R`` reference points, ``N`` sites, ``M`` query points, ``b`` rows of a
point.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.budget import Terms
from qtwin.fusion.calibration import HeldOut


def left_out(
    terms: list[Terms], weights: list[FloatArray], held: tuple[HeldOut, ...]
) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of the mixture without each reference point, each shape ``(R, M)``.

    Args:
        terms: Prediction of each sample with all measurements.
        weights: ``c`` of each sample, each shape ``(N, M)``.
        held: The reference points.
    """
    mean = np.array([term.mean for term in terms])
    var = np.array([sum(term.variance.values(), np.zeros(mean.shape[1])) for term in terms])
    stacked = np.array(weights)
    means, variances = [], []
    for point in held:
        c = stacked[:, point.rows]
        each = mean - np.einsum("tbm,tb->tm", c, point.shift)
        spread = var + np.einsum("tbm,tbc,tcm->tm", c, point.covariance, c)
        means.append(each.mean(axis=0))
        variances.append(spread.mean(axis=0) + each.var(axis=0))
    return np.array(means), np.array(variances)
