"""Numbers that are solved for from all counts of a point at once, in place of estimates of words.

Shapes use ``O`` for observables and ``n`` for qubits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from backends.schema.experiment import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solved:
    """What a point gives.

    Attributes:
        values: Shape ``(O,)``.
        errors: Statistical ones, shape ``(O,)``; 0 where probabilities were given.
        raw: JSON values that are kept with its counts.
    """

    values: FloatArray
    errors: FloatArray
    raw: dict[str, Any] = field(default_factory=dict)


class Unsolved(Exception):
    """Why a point has no number."""


class Solver(Protocol):
    """Turns what was read in Z on all qubits into values. It is given one point at a time."""

    def from_counts(self, row: int, counts: Mapping[str, int], seed: int) -> Solved:
        """Values of a point that was sampled.

        Args:
            counts: Bit strings, qubit 0 rightmost.

        Raises:
            Unsolved: Says why there are none.
        """

    def from_probabilities(self, row: int, probabilities: FloatArray) -> Solved:
        """Values in the limit of many shots, from probabilities of shape ``(2**n,)``.

        Raises:
            Unsolved: Says why there are none.
        """
