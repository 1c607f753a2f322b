"""Covariances of numbers that were estimated from the same shots, as an artifact's bytes.

One artifact holds the blocks of one run. A number is known in it by its row and observable, as its
measurement is in the job, so that the bytes hold no ids.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from backends.schema import Result

if TYPE_CHECKING:
    from numpy.typing import NDArray

KIND = "shot-covariance"
SCHEMA_VERSION = 2

Number = tuple[int, str]
"""Row in the job (or the dataset), and name of the observable."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Numbers that share shots; those of different blocks do not.

    Attributes:
        numbers: G of them.
        covariance: Shape ``(G, G)``, in the products of their units, ``std**2`` on the diagonal.
    """

    numbers: tuple[Number, ...]
    covariance: NDArray[np.float64]

    def __post_init__(self) -> None:
        size = len(self.numbers)
        if self.covariance.shape != (size, size) or len(set(self.numbers)) != size:
            raise ValueError(f"covariance {self.covariance.shape} of {size} numbers")
        if not np.isfinite(self.covariance).all():
            raise ValueError("a covariance is not finite")

    def among(self, numbers: Sequence[Number]) -> tuple[list[int], NDArray[np.float64]]:
        """Which of some numbers, ``g`` of them, are in here, and their covariance, ``(g, g)``."""
        place = {number: at for at, number in enumerate(self.numbers)}
        inside = [index for index, number in enumerate(numbers) if number in place]
        at = [place[numbers[index]] for index in inside]
        return inside, self.covariance[np.ix_(at, at)]

    def to_dict(self) -> dict[str, Any]:
        return {
            "rows": [row for row, _ in self.numbers],
            "observables": [name for _, name in self.numbers],
            "covariance": self.covariance.tolist(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        return cls(
            numbers=tuple(zip(data["rows"], data["observables"], strict=True)),
            covariance=np.array(data["covariance"], dtype=np.float64),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShotCovariance:
    """The blocks of one run; every measurement in one points at the artifact."""

    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, result: Result, *, start: int, observables: Sequence[str]) -> Self:
        """That of a result whose first point is row ``start`` of its job."""
        return cls(
            blocks=tuple(
                Block(
                    numbers=tuple((start + row, observables[o]) for row, o in block.places),
                    covariance=block.covariance,
                )
                for block in result.blocks
            )
        )

    def first_rows(self) -> dict[Number, int]:
        """The lowest row of each number's block."""
        return {
            number: min(row for row, _ in block.numbers)
            for block in self.blocks
            for number in block.numbers
        }

    def to_bytes(self) -> bytes:
        """JSON text, the same for the same blocks."""
        document = {
            "schema_version": SCHEMA_VERSION,
            "blocks": [block.to_dict() for block in self.blocks],
        }
        return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: It is of another schema version, or none.
        """
        try:
            document = json.loads(data)
            if document["schema_version"] == SCHEMA_VERSION:
                return cls(blocks=tuple(Block.from_dict(block) for block in document["blocks"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"no covariance of shots ({type(error).__name__})") from None
        raise ValueError(f"schema_version {document['schema_version']!r:.40}; known: 2")
