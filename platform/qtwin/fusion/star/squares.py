"""Squared differences among rows, which every hyperparameter sample scales anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from qtwin.fusion.base import FloatArray
from qtwin.fusion.blocks import Block
from qtwin.fusion.kernel import Matern, matern52, squared_differences, squared_distance

_KEPT = 1024  # rows up to which remembering costs less than computing again


@dataclass(frozen=True, kw_only=True, eq=False)
class Squares:
    """Squared differences per control, and the correlations that they make.

    Attributes:
        x: The rows, shape ``(n, D)``.
    """

    x: FloatArray
    _known: dict[tuple[int, ...], tuple[bytes, Matern]] = field(default_factory=dict)

    @cached_property
    def all(self) -> FloatArray:
        """Among all rows, shape ``(D, n, n)``."""
        return squared_differences(self.x, self.x)

    def among(self, block: Block) -> FloatArray:
        """Among some of them, shape ``(D, b, m)``."""
        rows, columns = block
        if len(self.x) <= _KEPT:
            return self.all[:, rows, columns]
        return squared_differences(self.x[rows], self.x[columns])

    def correlation(self, block: Block, log_length: FloatArray) -> Matern:
        """Of some of them at length scales of shape ``(D,)``; shape ``(b, m)``, not to be written.

        It is remembered until it is asked for at other length scales: every other update of a
        sampler moves a third of the hyperparameters, and often leaves these alone.
        """
        if len(self.x) > _KEPT:
            return self._correlation(block, log_length)
        place = (block.rows.start, block.rows.stop, block.columns.start, block.columns.stop)
        lengths, known = self._known.get(place, (b"", None))
        if known is None or lengths != log_length.tobytes():
            known = self._correlation(block, log_length)
            self._known[place] = log_length.tobytes(), known
        return known

    def _correlation(self, block: Block, log_length: FloatArray) -> Matern:
        return matern52(squared_distance(self.among(block), log_length), overwrite=True)
