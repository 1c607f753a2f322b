"""Bayesian optimisation of few parameters: a Gaussian process and expected improvement.

The first candidates fill the box evenly (a scrambled Sobol sequence). Several candidates of one
generation are chosen one after the other, each as if those before had scored what is expected.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.systems.document import Document
from qtwin.fusion.base import FloatArray
from qtwin.worlds.learners.document import number
from qtwin.worlds.learners.optimiser import Arrays, Ground, Optimiser
from qtwin.worlds.learners.surrogate import Surrogate, expected_improvement
from qtwin.worlds.learners.truths import Episodes

MOST_PARAMETERS = 32
MOST_SCORES = 600
"""More than these make the process slow; the best and the newest are kept."""
POINTS = 1024
"""At which the expected improvement is looked at; half of them near the best."""
ROUNDS = 4
"""Times that the neighbourhood of the best point is looked at, each time nearer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BayesianSettings:
    """Hyperparameters.

    Attributes:
        size: Candidates of a generation.
        initial: Candidates that fill the box before the process is asked.
        spread: Half the width of the box around the start.
    """

    size: int
    initial: int
    spread: float

    def to_dict(self) -> dict[str, Any]:
        return {"population": self.size, "initial": self.initial, "spread": self.spread}

    def population(self, size: int) -> int:
        return self.size

    def asking(self, episodes: int) -> int:
        return 0

    def make(self, ground: Ground) -> Optimiser:
        size = len(ground.start)
        if size > MOST_PARAMETERS:
            raise ProgramRejected(
                f"a policy of {size} parameters; allowed with bayesian: at most {MOST_PARAMETERS}",
                field="/policy",
            )
        return Bayesian(self, ground, np.empty((0, size)), np.empty(0))

    def resume(self, ground: Ground, state: Arrays) -> Optimiser:
        x, scores = state["x"], state["scores"]
        fits = x.ndim == 2 and x.shape[1:] == ground.start.shape and len(x) == len(scores)
        if not fits or len(x) % self.size:
            raise ValueError("/state: is not that of a Bayesian optimisation of this size")
        return Bayesian(self, ground, x, scores)


class Bayesian:
    """Implements ``Optimiser``."""

    finished = ""

    def __init__(
        self, settings: BayesianSettings, ground: Ground, x: FloatArray, scores: FloatArray
    ) -> None:
        self._settings, self._ground, self._x, self._scores = settings, ground, x, scores
        bound = np.inf if ground.bound is None else ground.bound
        self._low = np.clip(ground.start - settings.spread, -bound, bound)
        self._high = np.clip(ground.start + settings.spread, -bound, bound)
        self._asked: FloatArray | None = None
        self._fitted: Surrogate | None = None

    @property
    def favourite(self) -> FloatArray:
        if not len(self._x):
            return self._ground.start
        mean, _ = self._surrogate.predict(self._x)
        return self._scaled(self._x[int(np.argmax(mean))])

    @property
    def _surrogate(self) -> Surrogate:
        if self._fitted is None:
            self._fitted = Surrogate.fit(*self._kept())
        return self._fitted

    def _kept(self) -> tuple[FloatArray, FloatArray]:
        if len(self._x) <= MOST_SCORES:
            return self._x, self._scores
        best = np.argsort(-self._scores)[: MOST_SCORES // 2]
        new = np.arange(len(self._x) - MOST_SCORES // 2, len(self._x))
        rows = np.union1d(best, new)
        return self._x[rows], self._scores[rows]

    def ask(self, episodes: Episodes) -> FloatArray:
        if self._asked is None:
            rng = self._ground.rng(len(self._x) // self._settings.size)
            filling = len(self._x) < self._settings.initial
            self._asked = self._filling() if filling else self._improving(rng)
        return self._scaled(self._asked)

    def _scaled(self, x: FloatArray) -> FloatArray:
        scaled: FloatArray = self._low + x * (self._high - self._low)
        return scaled

    def _filling(self) -> FloatArray:
        from scipy.stats.qmc import Sobol

        sequence = Sobol(self._x.shape[1], scramble=True, rng=self._ground.seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that the count is no power of two
            points = sequence.random(len(self._x) + self._settings.size)
        return np.asarray(points[len(self._x) :])

    def _improving(self, rng: np.random.Generator) -> FloatArray:
        believed, chosen = self._surrogate, []
        for _ in range(self._settings.size):
            chosen.append(_best_point(believed, rng))
            believed = believed.believing(chosen[-1])
        return np.array(chosen)

    def tell(self, scores: FloatArray) -> None:
        assert self._asked is not None
        self._x = np.concatenate([self._x, self._asked])
        self._scores = np.concatenate([self._scores, np.asarray(scores, dtype=np.float64)])
        self._asked = self._fitted = None

    def state(self) -> Arrays:
        return {"x": self._x, "scores": self._scores}


def _best_point(surrogate: Surrogate, rng: np.random.Generator) -> FloatArray:
    """Where the expected improvement is largest, about, shape ``(D,)``."""
    size = surrogate.x.shape[1]
    mean, _ = surrogate.predict(surrogate.x)
    best = float(mean.max())
    centre: FloatArray = surrogate.x[int(np.argmax(mean))]
    points: FloatArray = rng.random((POINTS // 2, size))
    for nearer in range(ROUNDS):
        near = centre + rng.normal(0.0, 0.2 * 0.4**nearer, (POINTS // 2, size))
        points = np.clip(np.concatenate([points, near, centre[None, :]]), 0.0, 1.0)
        gains = expected_improvement(*surrogate.predict(points), best)
        order = np.argsort(-gains, kind="stable")
        centre, points = points[order[0]], points[order[:8]]
    best_of_all: FloatArray = centre
    return best_of_all


def read(document: Document, shared: tuple[str, ...]) -> BayesianSettings:
    """Read ``population``, ``initial`` and ``spread``.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    document.only(*shared, "population", "initial", "spread")
    return BayesianSettings(
        size=document.integer("population", 1, 64, 4),
        initial=document.integer("initial", 2, MOST_SCORES, 16),
        spread=number(document, "spread", 1e-6, 1e3, 1.0),
    )
