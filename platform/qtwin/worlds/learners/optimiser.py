"""The port of learners that ask for candidates and are told what these earned.

``P`` candidates of ``dim`` parameters; scores are higher when better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray
from qtwin.worlds.base import World
from qtwin.worlds.learners.truths import Episodes

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """Where candidates are looked for.

    Attributes:
        start: Shape ``(dim,)``.
        bound: Largest absolute value of a parameter that makes a difference; None without.
        seed: Of the optimiser.
        world: For those that know its physics.
    """

    start: FloatArray
    bound: float | None
    seed: int
    world: World | None = None

    def rng(self, generation: int) -> np.random.Generator:
        """Of one generation, whatever came before it."""
        return np.random.default_rng([self.seed, generation])


class Optimiser(Protocol):
    """Repeats itself bit for bit for the same seed and scores."""

    @property
    def favourite(self) -> FloatArray:
        """What it would pick now, shape ``(dim,)``."""
        ...

    @property
    def finished(self) -> str:
        """Why there is nothing left to do; empty while there is."""
        ...

    def ask(self, episodes: Episodes) -> FloatArray:
        """Candidates, shape ``(P, dim)``; the same until it is told of them.

        Args:
            episodes: That they are going to play, for those that know the world's physics.
        """
        ...

    def tell(self, scores: FloatArray) -> None:
        """What these candidates earned, shape ``(P,)``."""
        ...

    def state(self) -> Arrays:
        """Enough to go on from here."""
        ...


class Optimisers(Protocol):
    """The hyperparameters of a kind of optimiser."""

    def to_dict(self) -> dict[str, Any]:
        """All of them."""
        ...

    def population(self, size: int) -> int:
        """Candidates of a generation, P, for ``size`` parameters."""
        ...

    def asking(self, episodes: int) -> int:
        """Episodes that asking costs at most, beside those that the candidates play."""
        ...

    def make(self, ground: Ground) -> Optimiser:
        """At its beginning."""
        ...

    def resume(self, ground: Ground, state: Arrays) -> Optimiser:
        """Where ``state`` was taken.

        Raises:
            ValueError: It is no state of such an optimiser.
        """
        ...
