"""What an optimiser found for each member of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from backends.schema.experiment import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Optimum:
    """Parameters of shape ``(B, T)`` with their values.

    Attributes:
        values: What was minimised, shape ``(B,)``.
        converged: Shape ``(B,)``.
        reason: What to say of those that did not converge.
    """

    parameters: FloatArray
    values: FloatArray
    converged: NDArray[np.bool_]
    reason: str

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Batches one after the other."""
        return cls(
            parameters=np.concatenate([part.parameters for part in parts]),
            values=np.concatenate([part.values for part in parts]),
            converged=np.concatenate([part.converged for part in parts]),
            reason=parts[0].reason,
        )

    def better(self, other: Self, rows: NDArray[np.int64], margin: float) -> NDArray[np.bool_]:
        """Which of ``rows`` another optimum, of these rows alone, improves by a margin.

        One that converged is better than one that did not.
        """
        own = self.converged[rows]
        lower = other.values < self.values[rows] - margin
        better: NDArray[np.bool_] = (other.converged & (lower | ~own)) | (lower & ~own)
        return better

    def taking(self, other: Self, rows: NDArray[np.int64]) -> Self:
        """This, with another in the place of some rows."""
        parameters, values = self.parameters.copy(), self.values.copy()
        converged = self.converged.copy()
        parameters[rows], values[rows] = other.parameters, other.values
        converged[rows] = other.converged
        return type(self)(
            parameters=parameters, values=values, converged=converged, reason=self.reason
        )

    def at(self, chosen: NDArray[np.bool_]) -> Self:
        """Some members."""
        return type(self)(
            parameters=self.parameters[chosen],
            values=self.values[chosen],
            converged=self.converged[chosen],
            reason=self.reason,
        )
