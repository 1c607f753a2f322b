"""Which numbers of a result were estimated from the same shots, and how their errors go together.

Shapes use ``G`` for the numbers of one block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from backends.schema.experiment import FloatArray

SAME = 1e-6
"""Relative difference at which a variance agrees with the square of a standard error."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShotBlock:
    """Numbers that share shots; those of other blocks, and of none, are independent of them.

    Attributes:
        rows: Point of each number, G of them, by its row.
        columns: Observable of each number, by its column.
        covariance: Of their statistical errors, shape ``(G, G)``, in the products of their units,
            with the squares of the standard errors on the diagonal.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    covariance: FloatArray

    def __post_init__(self) -> None:
        size = len(self.rows)
        if len(self.columns) != size or self.covariance.shape != (size, size):
            raise ValueError(
                f"a block of {size} rows and {len(self.columns)} columns has a covariance of shape "
                f"{self.covariance.shape}"
            )
        if not np.isfinite(self.covariance).all():
            raise ValueError("the covariance of a block has a value that is not finite")
        if not np.array_equal(self.covariance, self.covariance.T):
            raise ValueError("the covariance of a block is not symmetric")

    @property
    def places(self) -> list[tuple[int, int]]:
        """Row and column of each number."""
        return list(zip(self.rows, self.columns, strict=True))

    def to_dict(self) -> dict[str, Any]:
        return {
            "rows": list(self.rows),
            "columns": list(self.columns),
            "covariance": self.covariance.tolist(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        return cls(
            rows=tuple(data["rows"]),
            columns=tuple(data["columns"]),
            covariance=np.array(data["covariance"], dtype=np.float64),
        )


def check_blocks(blocks: Sequence[ShotBlock], std_errors: FloatArray) -> None:
    """Refuse blocks that do not fit the standard errors of a result, shape ``(P, O)``.

    Raises:
        ValueError: A number is in two blocks or in no place, its variance is not the square of its
            standard error, or a correlation is beyond 1.
    """
    seen: set[tuple[int, int]] = set()
    for block in blocks:
        for row, column in block.places:
            inside = 0 <= row < len(std_errors) and 0 <= column < std_errors.shape[1]
            if not inside or (row, column) in seen:
                what = "is in two blocks" if inside else f"of {std_errors.shape} is in a block"
                raise ValueError(f"number {(row, column)} {what}")
            seen.add((row, column))
        sigma = std_errors[list(block.rows), list(block.columns)]
        if not np.allclose(np.diag(block.covariance), sigma**2, rtol=SAME, atol=0.0):
            raise ValueError(f"variances of the block of row {block.rows[0]} are not std_errors**2")
        if np.any(np.abs(block.covariance) > np.outer(sigma, sigma) * (1 + SAME)):
            raise ValueError(f"the block of row {block.rows[0]} has a correlation beyond 1")
