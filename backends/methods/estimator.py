"""From counts to a mean value and its statistical error.

One shot of group ``g`` gives ``e = sum_k c_k (-1)^|b & support_k|``, so its mean and variance
contain the covariances between all terms of the group:
``var(sum c_k P_k) = sum_kl c_k c_l cov(P_k, P_l)``.
Groups are measured by different shots and are independent.

An unseen outcome is not an impossible one: the variance is taken over the counts plus one
pseudo-shot spread evenly over all outcomes (a symmetric Dirichlet prior), so that the error of a
few equal shots is not zero. At 4000 shots this adds 1/4000 of the mixed state's variance.

Yet a state hardly reaches outcomes whose value is far from all that were seen: the probability of
a level ``E`` away falls like ``(coupling / E)^2``, as that of two atoms within their blockade does.
So the pseudo-shot lies no farther from the mean than the seen values lie from each other, as soon
as two of them differ. What is seen in less than one of ``N`` shots and lies beyond that is missed.

The probability of a bit string is its frequency where all qubits are measured in Z. Its variance is
``p (1 - p) / N`` with ``p = (k + 1/2) / (N + 1)`` (Jeffreys' prior for one probability), so that a
string that never occurred has an error of about ``1 / N``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from backends.methods.grouping import Group, all_z
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliWord
from backends.systems.projector import Measurable, Projector

Counts = Mapping[str, int]

MOST_CELLS = 4_000_000
"""Parities that are in memory at once."""
ROUNDING = 1e-9
"""Seen values that differ by less, relative to the sum of all coefficients, are equal."""


def estimate(
    observable: Measurable, groups: Sequence[Group], counts: Sequence[Counts]
) -> tuple[float, float]:
    """Mean and one-sigma statistical error, in the observable's unit.

    Args:
        counts: For each group, bit strings (qubit 0 rightmost) with how often they were seen.
    """
    if isinstance(observable, Projector):
        return _probability(observable, groups, counts)
    value, variance = observable.mixed_value, 0.0
    for group, seen in zip(groups, counts, strict=True):
        words = [word for word in group.words if observable.terms.get(word)]
        if not words:
            continue
        weights = np.array([observable.terms[word] for word in words])
        times = np.array([*seen.values()], dtype=np.float64)
        levels = _levels(list(seen), words, weights)
        shots = times.sum()
        mean = float(times @ levels) / shots
        value += mean
        scatter = float(times @ (levels - mean) ** 2) + _unseen(levels, mean, weights, shots)
        variance += scatter / (shots + 1) / shots
    return value, float(np.sqrt(variance))


def _unseen(levels: FloatArray, mean: float, weights: FloatArray, shots: float) -> float:
    """Square of how far from the mean the pseudo-shot lies."""
    # Over all outcomes, evenly: mean 0, mean square the sum of squares.
    even = float(weights @ weights) + mean**2 * shots / (shots + 1)
    width = float(np.ptp(levels))
    return min(even, width**2) if width > ROUNDING * np.abs(weights).sum() else even


def _probability(
    projector: Projector, groups: Sequence[Group], counts: Sequence[Counts]
) -> tuple[float, float]:
    basis = all_z(projector.qubits)
    seen = next(c for g, c in zip(groups, counts, strict=True) if g.basis == basis)
    shots = sum(seen.values())
    times = seen.get(format(projector.bits, f"0{projector.qubits}b"), 0)
    share = (times + 0.5) / (shots + 1)
    return times / shots, float(np.sqrt(share * (1 - share) / shots))


def _levels(outcomes: list[str], words: list[PauliWord], weights: FloatArray) -> FloatArray:
    """What each outcome says of a weighted sum of words, shape ``(outcomes,)``.

    Parities are counted in pieces of 64 qubits, and for some words at once, to bound the memory.
    """
    size = -(-len(outcomes[0]) // 64)
    seen = _pieces([int(bits, 2) for bits in outcomes], size)
    supports = _pieces([word.support for word in words], size)
    levels = np.zeros(len(outcomes))
    step = max(1, MOST_CELLS // len(outcomes))
    for first in range(0, len(words), step):
        some = supports[:, first : first + step]
        counts = [np.bitwise_count(a[:, None] & b) for a, b in zip(seen, some, strict=True)]
        odd = np.bitwise_xor.reduce(counts) & 1
        levels += (1.0 - 2.0 * odd) @ weights[first : first + step]
    return levels


def _pieces(numbers: list[int], size: int) -> NDArray[np.uint64]:
    """64 bits at a time of some integers, the lowest first, shape ``(size, numbers)``."""
    return np.array(
        [[number >> 64 * piece & (2**64 - 1) for number in numbers] for piece in range(size)],
        dtype=np.uint64,
    )
