"""Means of words over counts, and their covariances.

Shapes use ``R`` for points, ``O`` for observables and ``W`` for words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from backends.classical.basis import Indices
from backends.methods.estimator import ROUNDING
from backends.schema.experiment import FloatArray

Counts = dict[str, int]

LEAST_SHOTS = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Words:
    """What was measured of one group.

    Attributes:
        means: Shape ``(R, W)``; NaN where fewer than 2 shots were kept.
        covariances: Of the means, with an evenly spread pseudo-shot, shape ``(R, W, W)``.
        shots: That were kept, shape ``(R,)``.
        supports: Of the words, as bits.
        outcomes: That were kept, as bits, of each row.
        counts: Of each row, all that were read.
        bare: The same before outcomes were dropped, if any were.
    """

    means: FloatArray
    covariances: FloatArray
    shots: FloatArray
    supports: tuple[int, ...]
    outcomes: tuple[Indices, ...]
    counts: tuple[Counts, ...]
    bare: Words | None = None

    @classmethod
    def of(cls, rows: Sequence[Counts], supports: Sequence[int]) -> Self:
        """Read the words of some supports from each row's counts."""
        read = [word_means(counts, supports) for counts in rows]
        return cls(
            means=np.array([mean for mean, _ in read]),
            covariances=np.array([covariance for _, covariance in read]),
            shots=np.array([sum(counts.values()) for counts in rows]),
            supports=tuple(supports),
            outcomes=tuple(outcomes_of(counts) for counts in rows),
            counts=tuple(rows),
        )

    def unflipped(self, bits: int) -> Self:
        """As if these bits of every outcome had been the other way."""
        signs = parities(np.array([bits], dtype=np.int64), self.supports)[0]
        return replace(
            self,
            means=self.means * signs,
            covariances=self.covariances * np.outer(signs, signs),
            outcomes=tuple(row ^ bits for row in self.outcomes),
        )

    def extremes(self, weights: FloatArray) -> FloatArray:
        """Lowest and highest value of weighted sums that were seen, shape ``(2, R, O)``.

        Args:
            weights: Shape ``(R, O, W)``.
        """
        found = np.zeros((2, *weights.shape[:2]))
        for row, (outcomes, some) in enumerate(zip(self.outcomes, weights, strict=True)):
            if len(outcomes):
                levels = parities(outcomes, self.supports) @ some.T
                found[:, row] = levels.min(axis=0), levels.max(axis=0)
        return found

    def sums(self, weights: FloatArray, extremes: FloatArray) -> FloatArray:
        """Covariances of weighted sums, shape ``(R, O, O)``.

        The pseudo-shot lies no farther from the mean than the seen values from each other, as in
        `backends.methods.estimator`.

        Args:
            weights: Shape ``(R, O, W)``.
            extremes: As `extremes`, of these and perhaps of more shots.
        """
        plain: FloatArray = np.einsum(
            "row,rwv,rpv->rop", weights, self.covariances, weights, optimize=True
        )
        shots = np.maximum(self.shots, LEAST_SHOTS)[:, None, None]
        means = np.nan_to_num(np.einsum("row,rw->ro", weights, self.means))
        along = means[:, :, None] * means[:, None, :] * shots / (shots + 1)
        even = np.einsum("row,rpw->rop", weights, weights) + along
        square, width = np.einsum("roo->ro", even), extremes[1] - extremes[0]
        differ = width > ROUNDING * np.abs(weights).sum(axis=2)
        near = np.where(differ, np.minimum(square, width**2), square)
        share = np.sqrt(np.divide(near, square, out=np.ones_like(near), where=square > 0))
        excess = even * (1 - share[:, :, None] * share[:, None, :])
        found: FloatArray = plain - excess / (shots + 1) / shots
        np.einsum("roo->ro", found)[...] = np.maximum(np.einsum("roo->ro", found), 0.0)
        return found


def outcomes_of(counts: Counts) -> Indices:
    """Bit strings as integers."""
    return np.array([int(bits, 2) for bits in counts], dtype=np.int64)


def parities(outcomes: Indices, supports: Sequence[int]) -> FloatArray:
    """1 or -1 for each outcome and word, shape ``(outcomes, W)``."""
    odd = np.bitwise_count(outcomes[:, None] & np.array(supports, dtype=np.int64)) & 1
    signs: FloatArray = 1.0 - 2.0 * odd
    return signs


def word_means(counts: Counts, supports: Sequence[int]) -> tuple[FloatArray, FloatArray]:
    """Mean of each parity, shape ``(W,)``, and the covariance of the means, shape ``(W, W)``.

    As in `backends.methods.estimator`, the covariance counts one pseudo-shot that is spread evenly
    over all outcomes, in which the words have mean 0 and covariance 1.
    """
    signs = parities(outcomes_of(counts), supports)
    times = np.array(list(counts.values()), dtype=np.float64)
    shots = times.sum()
    total = times @ signs
    if shots < LEAST_SHOTS:
        return np.full(len(supports), np.nan), np.zeros((len(supports),) * 2)
    square = ((signs.T * times) @ signs + np.eye(len(supports))) / (shots + 1)
    centre = total / (shots + 1)
    return total / shots, (square - np.outer(centre, centre)) / shots
