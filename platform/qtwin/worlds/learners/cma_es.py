"""Covariance matrix adaptation (Hansen 2016, arXiv:1604.00772) by the package ``cma``.

Its normal numbers come from a generator of each generation, so that no global state is touched.
A checkpoint holds the scores that it was told: asked anew for the same generations and told the
same scores it comes to the same state, bit for bit, which its mean proves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.systems.document import Document
from qtwin.fusion.base import FloatArray
from qtwin.worlds.learners.document import number
from qtwin.worlds.learners.optimiser import Arrays, Ground, Optimiser
from qtwin.worlds.learners.truths import Episodes

DIAGONAL = 100
"""Parameters from which on only the variances are adapted (Ros & Hansen 2008)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CmaSettings:
    """Hyperparameters.

    Attributes:
        size: Candidates of a generation; None for ``4 + 3 log dim``.
        sigma: Width of the first generation.
        diagonal: Whether only variances are adapted; None from `DIAGONAL` parameters on.
    """

    size: int | None
    sigma: float
    diagonal: bool | None

    def to_dict(self) -> dict[str, Any]:
        given = {"population": self.size, "sigma": self.sigma, "diagonal": self.diagonal}
        return {name: value for name, value in given.items() if value is not None}

    def population(self, size: int) -> int:
        return self.size or 4 + int(3 * np.log(size))

    def asking(self, episodes: int) -> int:
        return 0

    def make(self, ground: Ground) -> Optimiser:
        return CmaEs(self, ground)

    def resume(self, ground: Ground, state: Arrays) -> Optimiser:
        scores, mean = state["scores"], state["mean"]
        if scores.ndim != 2 or mean.shape != ground.start.shape:
            raise ValueError("/state: is not that of a CMA-ES of this size")
        made = CmaEs(self, ground)
        for told in scores:
            made.tell(told)
        if not np.allclose(made.favourite, mean, rtol=0, atol=1e-9):
            raise ValueError("/state/mean: another version of the program comes to another state")
        return made


class CmaEs:
    """Implements ``Optimiser``."""

    def __init__(self, settings: CmaSettings, ground: Ground) -> None:
        import cma

        self._ground = ground
        self._scores: list[FloatArray] = []
        self._asked: list[FloatArray] | None = None
        self._rng = ground.rng(0)
        size = len(ground.start)
        diagonal = size >= DIAGONAL if settings.diagonal is None else settings.diagonal
        options: dict[str, Any] = {
            "randn": lambda *shape: self._rng.standard_normal(shape),
            "seed": float("nan"),
            "popsize": settings.population(size),
            "CMA_diagonal": diagonal,
            "verbose": -9,
            "signals_filename": "",
        }
        if ground.bound is not None:
            options["bounds"] = [-ground.bound, ground.bound]
        self._search = cma.CMAEvolutionStrategy(ground.start, settings.sigma, options)

    @property
    def favourite(self) -> FloatArray:
        return np.array(self._search.result.xfavorite, dtype=np.float64)

    @property
    def finished(self) -> str:
        reasons = sorted(self._search.stop())
        return f"converged: {', '.join(reasons)}" if reasons else ""

    def ask(self, episodes: Episodes) -> FloatArray:
        return np.array(self._candidates(), dtype=np.float64)

    def _candidates(self) -> list[FloatArray]:
        if self._asked is None:
            self._rng = self._ground.rng(len(self._scores))
            self._asked = self._search.ask()
        return self._asked

    def tell(self, scores: FloatArray) -> None:
        self._search.tell(self._candidates(), [-float(score) for score in scores])
        self._scores.append(np.array(scores, dtype=np.float64))
        self._asked = None

    def state(self) -> Arrays:
        return {"scores": np.array(self._scores), "mean": self.favourite}


def read(document: Document, shared: tuple[str, ...]) -> CmaSettings:
    """Read ``population``, ``sigma`` and ``diagonal``.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    document.only(*shared, "population", "sigma", "diagonal")
    size = document.entry("population", None)
    diagonal = document.entry("diagonal", None)
    if diagonal not in (None, True, False):
        raise ProgramRejected(
            f"diagonal = {diagonal!r}; allowed: true, false", field=document.at("diagonal")
        )
    return CmaSettings(
        size=None if size is None else document.integer("population", 4, 1024),
        sigma=number(document, "sigma", 1e-6, 10.0, 0.3),
        diagonal=diagonal,
    )
