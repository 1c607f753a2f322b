"""From counts to a mean value and its statistical error.

One shot of group ``g`` gives ``e = sum_k c_k (-1)^|b & support_k|``, so its mean and variance
contain the covariances between all terms of the group:
``var(sum c_k P_k) = sum_kl c_k c_l cov(P_k, P_l)``.
Groups are measured by different shots and are independent.

An unseen outcome is not an impossible one: the variance is taken over the counts plus one
pseudo-shot spread evenly over all outcomes (a symmetric Dirichlet prior), so that the error of a
few equal shots is not zero. At 4000 shots this adds 1/4000 of the mixed state's variance.

The probability of a bit string is its frequency where all qubits are measured in Z. Its variance is
``p (1 - p) / N`` with ``p = (k + 1/2) / (N + 1)`` (Jeffreys' prior for one probability), so that a
string that never occurred has an error of about ``1 / N``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from backends.methods.grouping import Group, all_z
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliWord
from backends.systems.projector import Measurable, Projector

Counts = Mapping[str, int]


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
        levels = _signs(list(seen), words) @ weights
        shots = times.sum()
        value += float(times @ levels) / shots
        # Over all outcomes, evenly: mean 0, mean square the sum of squares.
        mean = float(times @ levels) / (shots + 1)
        square = (float(times @ levels**2) + float(weights @ weights)) / (shots + 1)
        variance += max(square - mean**2, 0.0) / shots
    return value, float(np.sqrt(variance))


def _probability(
    projector: Projector, groups: Sequence[Group], counts: Sequence[Counts]
) -> tuple[float, float]:
    basis = all_z(projector.qubits)
    seen = next(c for g, c in zip(groups, counts, strict=True) if g.basis == basis)
    shots = sum(seen.values())
    times = seen.get(format(projector.bits, f"0{projector.qubits}b"), 0)
    share = (times + 0.5) / (shots + 1)
    return times / shots, float(np.sqrt(share * (1 - share) / shots))


def _signs(outcomes: list[str], words: list[PauliWord]) -> FloatArray:
    """Eigenvalue of each word in each outcome, shape ``(outcomes, words)``."""
    seen, supports = [int(bits, 2) for bits in outcomes], [word.support for word in words]
    if len(outcomes[0]) < 64:
        both = np.array(seen, dtype=np.uint64)[:, None] & np.array(supports, dtype=np.uint64)
        signs: FloatArray = 1.0 - 2.0 * (np.bitwise_count(both) & 1)
        return signs
    parities = [[(one & support).bit_count() & 1 for support in supports] for one in seen]
    return 1.0 - 2.0 * np.array(parities, dtype=np.float64)
