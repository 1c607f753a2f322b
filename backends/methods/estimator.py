"""From counts to an energy and its statistical error.

One shot of group ``g`` gives ``e = sum_k c_k (-1)^|b & support_k|``, so its mean and variance
contain the covariances between all terms of the group:
``var(sum c_k P_k) = sum_kl c_k c_l cov(P_k, P_l)``.
Groups are measured by different shots and are independent.

An unseen outcome is not an impossible one: the variance is taken over the counts plus one
pseudo-shot spread evenly over all outcomes (a symmetric Dirichlet prior), so that the error of a
few equal shots is not zero. At 4000 shots this adds 1/4000 of the mixed state's variance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from backends.methods.grouping import Group
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum

Counts = Mapping[str, int]


def estimate(
    hamiltonian: PauliSum, groups: Sequence[Group], counts: Sequence[Counts]
) -> tuple[float, float]:
    """Energy and one-sigma statistical error, hartree.

    Args:
        counts: For each group, bit strings (qubit 0 rightmost) with how often they were seen.
    """
    value, variance = hamiltonian.mixed_value, 0.0
    for group, seen in zip(groups, counts, strict=True):
        levels = _levels(hamiltonian, group)
        histogram = np.zeros(len(levels))
        for bits, times in seen.items():
            histogram[int(bits, 2)] += times
        shots = histogram.sum()
        value += float(histogram @ levels) / shots
        weights = (histogram + 1 / len(levels)) / (shots + 1)
        variance += float(weights @ (levels - weights @ levels) ** 2) / shots
    return value, float(np.sqrt(variance))


def _levels(hamiltonian: PauliSum, group: Group) -> FloatArray:
    """What each outcome adds to the energy, shape ``(2**n,)``, hartree."""
    outcomes = np.arange(2**hamiltonian.qubits)
    levels = np.zeros(len(outcomes))
    for word in group.words:
        signs = 1 - 2 * (np.bitwise_count(outcomes & word.support) & 1).astype(np.float64)
        levels += hamiltonian.terms.get(word, 0.0) * signs
    return levels
