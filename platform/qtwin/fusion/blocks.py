"""Blocks of a square matrix, small enough that what is computed of one stays in a cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Self

import numpy as np

from qtwin.fusion.base import FloatArray

_ELEMENTS = 65_536  # of a block, half a megabyte
_ROWS = 128


class Block(NamedTuple):
    """Rows and columns of a matrix; ``matrix[block]`` is what they hold. Slices start and stop."""

    rows: slice
    columns: slice

    @classmethod
    def whole(cls, n: int) -> Self:
        """All of a matrix of shape ``(n, n)``."""
        return cls(slice(0, n), slice(0, n))

    def within(self, rows: slice) -> Block:
        """Where the block is in a matrix of which this one is the part of some rows."""
        first = rows.start
        return Block(*(slice(first + side.start, first + side.stop) for side in self))


def upper_blocks(n: int) -> Iterator[Block]:
    """Blocks of ``(n, n)`` with its upper triangle: rows, and the columns from their first on."""
    size = max(1, min(_ROWS, _ELEMENTS // max(n, 1)))
    for first in range(0, n, size):
        yield Block(slice(first, min(first + size, n)), slice(first, n))


def symmetric(n: int, part: Callable[[Block], FloatArray]) -> FloatArray:
    """A symmetric matrix, shape ``(n, n)``, of which each block is computed once."""
    matrix = np.empty((n, n))
    for block in upper_blocks(n):
        rows = block.rows
        matrix[block] = part(block)
        matrix[rows.stop :, rows] = matrix[rows, rows.stop :].T
    return matrix
