"""What an agent says and what it means: numbers in [-1, 1] and asks.

The components, in order: one per control, from its lower to its upper bound, taken to the nearest
grid point; with several ways to ask one per way, of which the largest wins (the first of equals);
with several shot counts one that is cut into as many equal parts; and last, above 0, to stop.
Shapes: ``B`` environments, ``A`` components, ``M`` grid points, ``D`` controls, ``W`` ways.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.worlds.base import Floats
from qtwin.worlds.search.grid import nearest


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asks:
    """Decoded actions, each shape ``(B,)``: indices, and whether to stop instead."""

    point: IntArray
    way: IntArray
    shots: IntArray
    stop: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Actions:
    """The code of one world.

    Attributes:
        grid: Points of the unit cube, shape ``(M, D)``.
        ways: How many ways to ask.
        shots: How many shot counts.
    """

    grid: FloatArray
    ways: int
    shots: int

    @property
    def size(self) -> int:
        """A."""
        return int(self.grid.shape[1]) + self._choices + int(self.shots > 1) + 1

    @property
    def _choices(self) -> int:
        return self.ways if self.ways > 1 else 0

    def checked(self, actions: object, batch: int) -> FloatArray:
        """As numbers of shape ``(B, A)``, cut to [-1, 1].

        Raises:
            ValueError: Another shape, or a number that is NaN or infinite.
        """
        given = np.asarray(actions, dtype=np.float64)
        if given.shape != (batch, self.size):
            raise ValueError(f"actions have shape {given.shape}; allowed: ({batch}, {self.size})")
        wrong = np.argwhere(~np.isfinite(given))
        if len(wrong):
            row, place = (int(number) for number in wrong[0])
            raise ValueError(
                f"component {place} of action {row} is {given[row, place]}; allowed: -1 to 1"
            )
        return np.clip(given, -1.0, 1.0)

    def decode(self, actions: FloatArray) -> Asks:
        """What checked actions mean."""
        d = self.grid.shape[1]
        batch = len(actions)
        way = np.zeros(batch, dtype=np.int64)
        if self._choices:
            way = np.argmax(actions[:, d : d + self.ways], axis=1)
        shots = np.zeros(batch, dtype=np.int64)
        if self.shots > 1:
            part = 0.5 * (actions[:, -2] + 1.0) * self.shots
            shots = np.minimum(part.astype(np.int64), self.shots - 1)
        return Asks(
            point=nearest(self.grid, 0.5 * (actions[:, :d] + 1.0)),
            way=way,
            shots=shots,
            stop=actions[:, -1] > 0.0,
        )

    def encode(self, asks: Asks) -> Floats:
        """Actions that mean these asks, shape ``(B, A)``."""
        d, rows = self.grid.shape[1], np.arange(len(asks.point))
        actions = np.full((len(rows), self.size), -1.0)
        actions[:, :d] = 2.0 * self.grid[asks.point] - 1.0
        if self._choices:
            actions[rows, d + asks.way] = 1.0
        if self.shots > 1:
            actions[:, -2] = 2.0 * (asks.shots + 0.5) / self.shots - 1.0
        actions[:, -1] = np.where(asks.stop, 1.0, -1.0)
        return actions.astype(np.float32)
