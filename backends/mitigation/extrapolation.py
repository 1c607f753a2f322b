"""From values at several noise gains to the value without noise.

Linear and Richardson: ``y_0 = sum_j eta_j y_j`` with known ``eta``, so ``var = sum eta_j^2 var_j``
(Temme, Bravyi and Gambetta, Phys. Rev. Lett. 119, 180509 (2017)). Exponential: ``y = A exp(-b g)``
about the value of the maximally mixed state (Endo, Benjamin and Li, Phys. Rev. X 8, 031027 (2018)),
weighted least squares with ``b`` between 0 and `STRONGEST`; its variance by a parametric bootstrap,
which sees the bound and the curvature that a linear error propagation does not.
Shapes: ``M`` gains, ``B`` sets of values.
"""

from __future__ import annotations

import numpy as np

from backends.schema.experiment import FloatArray

LINEAR, RICHARDSON, EXPONENTIAL = "linear", "richardson", "exponential"
KINDS = (EXPONENTIAL, LINEAR, RICHARDSON)
STRONGEST = 2.0
BOOTSTRAPS = 400
_GRID = 33
_REFINEMENTS = 4


def coefficients(kind: str, gains: FloatArray) -> FloatArray:
    """``eta`` of the linear and the Richardson extrapolation, shape ``(M,)``; they sum to 1."""
    degree = 1 if kind == LINEAR else len(gains) - 1
    powers = np.vander(gains, degree + 1, increasing=True)
    eta: FloatArray = np.linalg.pinv(powers)[0]
    return eta


def sensitivities(gains: FloatArray, decay: float) -> FloatArray:
    """Derivatives of the exponential's ``A`` by the values, at ``A = 1``, shape ``(M,)``."""
    curve = np.exp(-decay * gains)
    slopes: FloatArray = np.linalg.pinv(np.stack([curve, -gains * curve], axis=1))[0]
    return slopes


def exponential(
    gains: FloatArray, values: FloatArray, variances: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """``A`` and ``b``, each of shape ``(B,)``.

    Args:
        values: About the mixed state's value, shape ``(B, M)``.
        variances: Shape ``(B, M)`` or ``(M,)``.

    For each ``b`` the best ``A`` is known; what is left is a search in one dimension, by grids that
    shrink around the best point.
    """
    weights = np.broadcast_to(1 / variances, values.shape)
    low, high = np.zeros(len(values)), np.full(len(values), STRONGEST)
    for _ in range(_REFINEMENTS):
        decays = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, _GRID)
        curves = np.exp(-decays[:, :, None] * gains)
        along = np.einsum("bm,bm,bkm->bk", weights, values, curves)
        square = np.einsum("bm,bkm->bk", weights, curves**2)
        best = np.argmax(along**2 / square, axis=1)
        rows, step = np.arange(len(values)), (high - low) / (_GRID - 1)
        amplitude, decay = (along / square)[rows, best], decays[rows, best]
        low, high = np.maximum(decay - 1.5 * step, 0.0), np.minimum(decay + 1.5 * step, STRONGEST)
    return amplitude, decay


def exponential_error(
    gains: FloatArray, values: FloatArray, variances: FloatArray, *, seed: int
) -> float:
    """Standard deviation of ``A`` over resampled values, each of shape ``(M,)``."""
    draws = np.random.default_rng(seed).standard_normal((BOOTSTRAPS, len(gains)))
    amplitudes, _ = exponential(gains, values + draws * np.sqrt(variances), variances)
    return float(amplitudes.std(ddof=1))
