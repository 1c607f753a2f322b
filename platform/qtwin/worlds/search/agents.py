"""Agents of a search world: at random, on a grid, by a trained policy. ``planner`` has the fourth.

Shapes: ``R`` environments that ask, ``W`` ways, ``O`` shot counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.worlds.base import Floats
from qtwin.worlds.search.actions import Asks
from qtwin.worlds.search.episodes import Episodes
from qtwin.worlds.search.grid import refined


class Agent(Protocol):
    """Sees beliefs and money, never truths."""

    @property
    def name(self) -> str:
        """For tables."""
        ...

    def choose(self, episodes: Episodes, rows: IntArray) -> Asks:
        """What the environments ``rows`` ask next, each part of shape ``(R,)``."""
        ...


@dataclass(slots=True, kw_only=True)
class Anywhere:
    """Asks at random, of all that can be paid."""

    seed: int = 0
    name: str = "random"
    _rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(self.seed)

    def choose(self, episodes: Episodes, rows: IntArray) -> Asks:
        """A point, and a way and a shot count, each equally likely."""
        points, options = len(episodes.world.grid), payable(episodes, rows)
        flat = options.reshape(len(rows), -1)
        drawn = np.where(flat, self._rng.random(flat.shape), -1.0).argmax(axis=1)
        way, shots = np.divmod(drawn, options.shape[2])
        return Asks(
            point=self._rng.integers(points, size=len(rows)),
            way=way,
            shots=shots,
            stop=np.asarray(~flat.any(axis=1)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Asks one source at points that get ever finer, and stops when it can pay no more.

    Attributes:
        way: Number of the way to ask.
        shots: Number of the shot count.
        name: For tables.
    """

    way: int
    shots: int = 0
    name: str = "grid"

    def choose(self, episodes: Episodes, rows: IntArray) -> Asks:
        """The next point of the order; after the last the first again."""
        grid = episodes.world.grid
        order = refined(len(grid), grid.shape[1])
        return Asks(
            point=order[episodes.asked[rows] % len(order)],
            way=np.full(len(rows), self.way),
            shots=np.full(len(rows), self.shots),
            stop=~payable(episodes, rows)[:, self.way, self.shots],
        )


class Acts(Protocol):
    """A policy as ``worlds.policies`` has them."""

    def act(self, observations: FloatArray, step: int) -> FloatArray:
        """Actions ``(B, A)`` for observations ``(B, O)``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """Does what a policy says."""

    policy: Acts
    name: str = "policy"

    def choose(self, episodes: Episodes, rows: IntArray) -> Asks:
        """Its actions, decoded."""
        seen: Floats = episodes.observe()[rows]
        actions = self.policy.act(np.asarray(seen, np.float64), int(episodes.asked[rows].max()))
        code = episodes.world.actions
        return code.decode(code.checked(actions, len(rows)))


def payable(episodes: Episodes, rows: IntArray) -> NDArray[np.bool_]:
    """What each environment can still pay, shape ``(R, W, O)``."""
    left = episodes.left[rows][:, None, None]
    slack = 1e-9 * episodes.world.terms.budget
    return np.asarray(episodes.world.costs[None] <= left + slack)
