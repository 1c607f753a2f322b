"""Kernels between the measured distributions of states, from bit strings alone.

``overlap``: ``k = Σ_ab p(a) q(b) r^h(a, b)`` with the Hamming distance h of the strings and 0 <= r
<= 1: the inner product of kernel means (Gretton et al., JMLR 13, 723, 2012). At r = 0 it is the
probability that two shots agree.
``affinity``: ``k = Σ_a sqrt(p(a) q(a))``, Bhattacharyya's; biased towards 0 with few shots.
Both are positive semi-definite for any counts as long as the diagonal is the plain estimate; the
unbiased diagonal of ``overlap`` (no shot is paired with itself) is what may break that.
``N`` and ``M`` points, ``U`` outcomes.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.qml.bits import Bits
from qtwin.qml.estimate import KernelEstimate

REACH = 0.5
"""How much strings that differ in one bit have in common, by default."""


def likeness(bits: Bits, reach: float = REACH) -> FloatArray:
    """``r^h`` of all outcomes, shape ``(U, U)``.

    Raises:
        ValueError: The reach is not in [0, 1].
    """
    if not 0 <= reach <= 1:
        raise ValueError(f"reach is {reach}; allowed: 0 to 1")
    spins = bits.spins()
    distance = np.rint((spins.shape[1] - spins @ spins.T) / 2)
    return np.asarray(reach**distance)


def overlap(bits: Bits, *, reach: float = REACH, unbiased: bool = False) -> KernelEstimate:
    """Between all points of one set, shape ``(N, N)``.

    Args:
        bits: Shots of the points.
        reach: r.
        unbiased: Leave each shot's pair with itself out of the diagonal; off it nothing changes.

    Raises:
        ValueError: The reach is wrong, or a point has a single shot where two are needed.
    """
    return _overlap(bits, bits, likeness(bits, reach), same=True, unbiased=unbiased)


def overlap_between(bits: Bits, others: Bits, *, reach: float = REACH) -> KernelEstimate:
    """Between the points of two sets over the same outcomes, shape ``(N, M)``.

    Raises:
        ValueError: The outcomes are not the same, or the reach is wrong.
    """
    _check_same(bits, others)
    return _overlap(bits, others, likeness(bits, reach), same=False, unbiased=False)


def affinity(bits: Bits, others: Bits) -> FloatArray:
    """Bhattacharyya's coefficient, shape ``(N, M)``.

    Raises:
        ValueError: The outcomes are not the same.
    """
    _check_same(bits, others)
    return np.asarray(np.sqrt(bits.shares) @ np.sqrt(others.shares).T)


def normalised(kernel: FloatArray) -> FloatArray:
    """``k_ij / sqrt(k_ii k_jj)``, shape ``(N, N)``."""
    root = np.sqrt(np.diag(kernel))
    return np.asarray(kernel / np.outer(root, root))


def _overlap(
    bits: Bits, others: Bits, like: FloatArray, *, same: bool, unbiased: bool
) -> KernelEstimate:
    """With the errors of the first order of the U-statistic: the spread of each shot's mean."""
    p, q = bits.shares, others.shares
    values = p @ like @ q.T
    left, right = _spread(p, like @ q.T), _spread(q, like @ p.T).T
    variance = left / bits.shots[:, None] + right / others.shots[None, :]
    if same:
        place = np.diag_indices(len(p))
        variance[place] = 4 * left[place] / bits.shots
        if unbiased:
            values[place] = _without_itself(values[place], bits)
    return KernelEstimate(values=values, std=np.sqrt(np.maximum(variance, 0.0)))


def _spread(p: FloatArray, seen: FloatArray) -> FloatArray:
    """Variance over the shots of p of functions ``(U, M)``; shape ``(N, M)``."""
    return np.asarray(p @ seen**2 - (p @ seen) ** 2)


def _without_itself(diagonal: FloatArray, bits: Bits) -> FloatArray:
    shots = bits.shots
    if np.any(shots < 2):
        raise ValueError("a point has one shot; allowed: 2 or more for an unbiased diagonal")
    return np.asarray((shots * diagonal - 1) / (shots - 1))


def _check_same(bits: Bits, others: Bits) -> None:
    if not np.array_equal(bits.outcomes, others.outcomes):
        raise ValueError("the outcomes differ; allowed: sets of points that were read together")
