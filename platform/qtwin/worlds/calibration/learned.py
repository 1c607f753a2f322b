"""The dynamics as polynomials: one of the coherent evolution, and one of what dephasing changes.

A density matrix costs ``2**n`` times what a state costs, and what little dephasing changes is a
smooth function that vanishes with its rate: ``p = p_0(theta) + gamma q(theta, gamma)``. So ``p_0``
has a high degree and many exact answers, ``q`` a low one and few. Shapes use ``N`` for draws, ``K``
for the scores of the dynamics and ``F`` for all probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.worlds.calibration.surrogate import Polynomial, Region, degree_of, size_of_design

Rate = Callable[[FloatArray], FloatArray]
"""Dephasing, shape ``(N,)``, from scores ``(N, K)``."""


class Exact(Protocol):
    """What is learned."""

    def __call__(self, scores: FloatArray, *, damped: bool) -> FloatArray:
        """Probabilities, shape ``(N, F)``, of scores ``(N, K)``, with or without dephasing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """Polynomials of one region.

    Attributes:
        coherent: Columns of the scores that are not of dephasing.
        rate: Dephasing from scores of shape ``(N, K)``, shape ``(N,)``; None without it.
        asked: Exact answers that it was learned from.
    """

    region: Region
    coherent: tuple[int, ...]
    plain: Polynomial
    damping: Polynomial | None
    rate: Rate | None
    asked: int

    def __call__(self, scores: FloatArray) -> FloatArray:
        """Probabilities, shape ``(N, F)``."""
        found = self.plain(scores[:, list(self.coherent)])
        if self.damping is not None and self.rate is not None:
            found = found + self.damping(scores, self.rate(scores))
        return found

    @property
    def squares(self) -> FloatArray:
        """Mean square of its error, shape ``(F,)``."""
        found: FloatArray = self.plain.error**2
        return found if self.damping is None else found + self.damping.error**2


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """Polynomials of ever smaller regions; the last that holds answers, else the first."""

    parts: tuple[Part, ...]

    def __call__(self, scores: FloatArray) -> FloatArray:
        """Probabilities, shape ``(N, F)``."""
        left = np.ones(len(scores), dtype=bool)
        found = np.empty((len(scores), self.parts[0].plain.weights.shape[1]))
        for part in reversed(self.parts):
            mine = left if part is self.parts[0] else left & part.region.holds(scores)
            found[mine] = part(scores[mine])
            left = left & ~mine
        return found

    @property
    def asked(self) -> int:
        """Exact answers in all."""
        return sum(part.asked for part in self.parts)


def learn(
    region: Region,
    coherent: Sequence[int],
    exact: Exact,
    seed: int,
    *,
    rate: Rate | None,
    degree: int,
) -> Part:
    """Learn a region.

    Args:
        coherent: Columns that are not of dephasing.
        rate: None where there is no dephasing.
        degree: Of the polynomial of what dephasing changes.
    """
    kept, width = list(coherent), len(region.centre)
    shadow, high = region.of(kept), degree_of(len(kept))
    design = shadow.design(size_of_design(len(kept), high), seed)
    still = np.tile(region.centre, (len(design), 1))
    still[:, kept] = design
    plain = Polynomial.fit(shadow, design, exact(still, damped=False), high)
    asked, damping = len(design), None
    if rate is not None:
        damped = region.design(size_of_design(width, degree), seed)
        change = exact(damped, damped=True) - exact(damped, damped=False)
        damping = Polynomial.fit(region, damped, change, degree, rate(damped))
        asked += 2 * len(damped)
    return Part(
        region=region, coherent=tuple(kept), plain=plain, damping=damping, rate=rate, asked=asked
    )
