"""From counts to mean values, their statistical errors, and how these are correlated.

One shot of group ``g`` gives an observable ``e_o = sum_k c_k (-1)^|b & support_k|``, so that means
and covariances contain those between all terms of the group:
``cov(E_o, E_u) = sum_kl c_ok c_ul cov(P_k, P_l)``.
Groups are measured by different shots and are independent; all observables of a point are read from
the same shots.

An unseen outcome is not an impossible one: the covariance is taken over the counts plus one
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
from typing import NamedTuple

import numpy as np

from backends.methods.grouping import Group, all_z
from backends.methods.levels import levels
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum
from backends.systems.projector import Measurable, Projector

Counts = Mapping[str, int]

ROUNDING = 1e-9
"""Seen values that differ by less, relative to the sum of all coefficients, are equal."""


class Estimate(NamedTuple):
    """Means of ``O`` observables, each in its unit.

    Attributes:
        values: Shape ``(O,)``.
        covariance: Of their statistical errors, shape ``(O, O)``.
    """

    values: FloatArray
    covariance: FloatArray

    @property
    def std_errors(self) -> FloatArray:
        """One sigma, shape ``(O,)``."""
        return np.sqrt(np.diag(self.covariance))


def estimate(
    observables: Sequence[Measurable], groups: Sequence[Group], counts: Sequence[Counts]
) -> Estimate:
    """Means and the covariance of their errors.

    Args:
        counts: For each group, bit strings (qubit 0 rightmost) with how often they were seen.
    """
    size = len(observables)
    values = np.array([o.mixed_value if isinstance(o, PauliSum) else 0.0 for o in observables])
    covariance = np.zeros((size, size))
    for group, seen in zip(groups, counts, strict=True):
        found = [_read(observable, group, seen) for observable in observables]
        at = [index for index, one in enumerate(found) if one]
        read = [one for one in found if one]
        values[at] += [one.mean for one in read]
        if read:
            covariance[np.ix_(at, at)] += _covariance(read, seen)
    return Estimate(values, covariance)


class _Read(NamedTuple):
    """What one group says of one observable.

    Attributes:
        levels: Of each outcome, less their mean, shape ``(outcomes,)``.
        pseudo: What the pseudo-shot adds: its scalar product with another's to the covariance,
            shape ``(words + 1,)``.
        projector: The observable, if it is one; ``pseudo`` is 0 then.
        variance: Of the mean.
    """

    mean: float
    levels: FloatArray
    pseudo: FloatArray
    projector: Projector | None
    variance: float


def _read(observable: Measurable, group: Group, seen: Counts) -> _Read | None:
    if isinstance(observable, Projector):
        return _probability(observable, group, seen)
    words = [word for word in group.words if observable.terms.get(word)]
    if not words:
        return None
    weights = np.array([observable.terms[word] for word in words])
    times = _times(seen)
    found, shots = levels(list(seen), words, weights), times.sum()
    mean = float(times @ found) / shots
    # Over all outcomes, evenly: mean 0, mean square the sum of squares.
    every = np.array([observable.terms.get(word, 0.0) for word in group.words])
    pseudo = np.append(every, mean * np.sqrt(shots / (shots + 1)))
    even = float(weights @ weights) + mean**2 * shots / (shots + 1)
    near = _near(found, even, weights)
    scatter = float(times @ (found - mean) ** 2) + near
    return _Read(
        mean=mean,
        levels=found - mean,
        pseudo=pseudo * np.sqrt(near / even),
        projector=None,
        variance=scatter / (shots + 1) / shots,
    )


def _near(found: FloatArray, even: float, weights: FloatArray) -> float:
    """Square of how far from the mean the pseudo-shot lies."""
    width = float(np.ptp(found))
    return min(even, width**2) if width > ROUNDING * np.abs(weights).sum() else even


def _probability(projector: Projector, group: Group, seen: Counts) -> _Read | None:
    if group.basis != all_z(projector.qubits):
        return None
    bits = format(projector.bits, f"0{projector.qubits}b")
    times, shots = seen.get(bits, 0), sum(seen.values())
    share = (times + 0.5) / (shots + 1)
    return _Read(
        mean=times / shots,
        levels=np.array([float(outcome == bits) for outcome in seen]) - times / shots,
        pseudo=np.zeros(len(group.words) + 1),
        projector=projector,
        variance=share * (1 - share) / shots,
    )


def _covariance(read: Sequence[_Read], seen: Counts) -> FloatArray:
    """Of the means that one group gives, shape ``(read, read)``."""
    times = _times(seen)
    shots = times.sum()
    each = np.stack([one.levels for one in read])
    pseudo = np.stack([one.pseudo for one in read])
    found: FloatArray = ((each * times) @ each.T + pseudo @ pseudo.T) / (shots + 1) / shots
    for row, one in enumerate(read):
        for column, other in enumerate(read):
            if row == column or (one.projector and one.projector == other.projector):
                found[row, column] = one.variance
    return 0.5 * (found + found.T)


def _times(seen: Counts) -> FloatArray:
    return np.array([*seen.values()], dtype=np.float64)
