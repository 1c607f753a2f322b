"""Random search: uniform candidates, of which the best is kept. What any other must beat."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backends.systems.document import Document
from qtwin.fusion.base import FloatArray
from qtwin.worlds.learners.document import number
from qtwin.worlds.learners.optimiser import Arrays, Ground, Optimiser
from qtwin.worlds.learners.truths import Episodes


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomSettings:
    """Hyperparameters.

    Attributes:
        size: Candidates of a generation.
        spread: Half the width of the box around the start.
    """

    size: int
    spread: float

    def to_dict(self) -> dict[str, Any]:
        return {"population": self.size, "spread": self.spread}

    def population(self, size: int) -> int:
        return self.size

    def asking(self, episodes: int) -> int:
        return 0

    def make(self, ground: Ground) -> Optimiser:
        return RandomSearch(ground=ground, settings=self, best=ground.start)

    def resume(self, ground: Ground, state: Arrays) -> Optimiser:
        counts = state["counts"]
        if state["best"].shape != ground.start.shape or counts.shape != (1,):
            raise ValueError("/state: is not that of a random search of this size")
        return RandomSearch(
            ground=ground,
            settings=self,
            best=state["best"],
            score=float(state["score"][0]),
            generation=int(counts[0]),
        )


@dataclass(slots=True, kw_only=True, eq=False)
class RandomSearch:
    """Implements ``Optimiser``."""

    ground: Ground
    settings: RandomSettings
    best: FloatArray
    score: float = -np.inf
    generation: int = 0
    finished: str = field(default="", init=False)

    @property
    def favourite(self) -> FloatArray:
        return self.best

    def ask(self, episodes: Episodes) -> FloatArray:
        return self._candidates()

    def _candidates(self) -> FloatArray:
        shape = (self.settings.size, len(self.ground.start))
        steps = self.ground.rng(self.generation).uniform(-1.0, 1.0, shape)
        asked = self.ground.start + self.settings.spread * steps
        bound = self.ground.bound
        return asked if bound is None else np.clip(asked, -bound, bound)

    def tell(self, scores: FloatArray) -> None:
        first = int(np.argmax(scores))
        if scores[first] > self.score:
            self.best, self.score = self._candidates()[first], float(scores[first])
        self.generation += 1

    def state(self) -> Arrays:
        return {
            "best": np.asarray(self.best, dtype=np.float64),
            "score": np.array([self.score]),
            "counts": np.array([self.generation]),
        }


def read(document: Document, shared: tuple[str, ...]) -> RandomSettings:
    """Read ``population`` and ``spread``.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    document.only(*shared, "population", "spread")
    return RandomSettings(
        size=document.integer("population", 1, 1024, 16),
        spread=number(document, "spread", 1e-6, 1e3, 1.0),
    )
