"""Measured bit strings of several points over one list of outcomes.

``N`` points, ``U`` distinct outcomes of any of them, ``n`` bits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bits:
    """How often each outcome was seen at each point.

    Attributes:
        outcomes: Distinct bit strings, qubit 0 rightmost, shape ``(U, n)``.
        counts: Shape ``(N, U)``.
    """

    outcomes: NDArray[np.uint8]
    counts: IntArray

    @property
    def shots(self) -> IntArray:
        """Of each point, shape ``(N,)``."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def shares(self) -> FloatArray:
        """Relative frequencies, shape ``(N, U)``."""
        return np.asarray(self.counts / self.shots[:, None])

    def spins(self) -> FloatArray:
        """+1 for a 0 and -1 for a 1, shape ``(U, n)``."""
        return np.asarray(1.0 - 2.0 * self.outcomes)

    def take(self, rows: IntArray) -> Bits:
        """The same list of outcomes at some points only."""
        return Bits(outcomes=self.outcomes, counts=self.counts[rows])

    def resampled(self, rng: np.random.Generator) -> Bits:
        """As many shots drawn anew from the shares of each point: the bootstrap over shots."""
        drawn = rng.multinomial(self.shots, self.shares)
        return Bits(outcomes=self.outcomes, counts=np.asarray(drawn, dtype=np.int64))


def bits_of(counts: Sequence[Mapping[str, int]]) -> Bits:
    """Read the counts of each point by bit string.

    Raises:
        ValueError: A point has no shots, a count below 0, or strings of another length.
    """
    names = sorted({name for point in counts for name, seen in point.items() if seen})
    lengths = {len(name) for name in names}
    if len(lengths) != 1 or not set("".join(names)) <= {"0", "1"}:
        raise ValueError(f"bit strings of lengths {sorted(lengths)}; allowed: 0 and 1, one length")
    table = np.array(
        [[point.get(name, 0) for name in names] for point in counts], dtype=np.int64
    ).reshape(len(counts), len(names))
    if np.any(table < 0) or np.any(table.sum(axis=1) == 0):
        raise ValueError("a point has no shots, or a count below 0; allowed: 1 or more shots")
    outcomes = np.array([[int(bit) for bit in name] for name in names], dtype=np.uint8)
    return Bits(outcomes=outcomes, counts=table)
