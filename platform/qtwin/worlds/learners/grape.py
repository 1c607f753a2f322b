"""Gradient ascent of a schedule through the physics of a control world: the strong baseline.

The mean of the goal over the generation's truths is raised by L-BFGS-B (Byrd et al. 1995) from
exact gradients of the simulation (GRAPE: Khaneja et al., J. Magn. Reson. 172, 296 (2005)). It knows
what no agent knows, the Hamiltonian, and leaves out what it cannot differentiate: dephasing, noise
of single shots, costs. A gradient takes as long as about three episodes, and counts as three.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.systems.document import Document
from qtwin.fusion.base import FloatArray
from qtwin.worlds.control.world import ControlWorld
from qtwin.worlds.learners.document import number
from qtwin.worlds.learners.ensemble import Ensemble
from qtwin.worlds.learners.optimiser import Arrays, Ground, Optimiser
from qtwin.worlds.learners.truths import Episodes

EPISODES_PER_GRADIENT = 3
CONVERGED = 1e-7
"""Of the goal, in one generation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrapeSettings:
    """Hyperparameters.

    Attributes:
        gradients: Of a generation at most.
        jitter: Standard deviation of what is added to each action of the start, so that it is at no
            saddle point, where gradients are 0.
    """

    gradients: int
    jitter: float

    def to_dict(self) -> dict[str, Any]:
        return {"gradients": self.gradients, "jitter": self.jitter}

    def population(self, size: int) -> int:
        return 1

    def asking(self, episodes: int) -> int:
        return EPISODES_PER_GRADIENT * self.gradients * episodes

    def make(self, ground: Ground) -> Optimiser:
        moved = ground.start + self.jitter * ground.rng(0).normal(size=len(ground.start))
        return Grape(self, _world(ground), np.clip(moved, -1.0, 1.0))

    def resume(self, ground: Ground, state: Arrays) -> Optimiser:
        if state["x"].shape != ground.start.shape or state["done"].shape != (1,):
            raise ValueError("/state: is not that of a gradient ascent of this size")
        made = Grape(self, _world(ground), state["x"])
        made.finished = CONVERGED_SAID if state["done"][0] else ""
        return made


CONVERGED_SAID = "converged: no generation raises the goal any more"


class Grape:
    """Implements ``Optimiser``."""

    def __init__(self, settings: GrapeSettings, world: ControlWorld, x: FloatArray) -> None:
        self._settings, self._world, self._x = settings, world, x
        self._asked: FloatArray | None = None
        self.finished = ""

    @property
    def favourite(self) -> FloatArray:
        return self._x

    def ask(self, episodes: Episodes) -> FloatArray:
        if self._asked is None:
            ensemble = Ensemble.of(self._world, episodes, self._x)
            self._asked, ended = _ascended(ensemble, self._x, self._settings.gradients)
            self.finished = CONVERGED_SAID if ended else ""
        return self._asked[None, :]

    def tell(self, scores: FloatArray) -> None:
        assert self._asked is not None
        self._x, self._asked = self._asked, None

    def state(self) -> Arrays:
        return {"x": np.array(self._x), "done": np.array([int(bool(self.finished))])}


class _EnoughError(Exception):
    """All gradients are used."""


def _ascended(ensemble: Ensemble, x: FloatArray, gradients: int) -> tuple[FloatArray, bool]:
    """The best table of actions that was found, shape ``(dim,)``, and whether it was there before.

    The latter only where the ascent ended by itself.
    """
    from scipy.optimize import Bounds, minimize

    values: list[float] = []
    best = x

    def descent(free: FloatArray) -> tuple[float, FloatArray]:
        nonlocal best
        if len(values) == gradients:
            raise _EnoughError
        point = ensemble.table(free)
        value, slope = ensemble.value(point)
        if not values or value > max(values):
            best = point
        values.append(value)
        return -value, -slope

    ended = False
    with suppress(_EnoughError):
        minimize(
            descent,
            ensemble.free(np.clip(x, -1.0, 1.0)),
            jac=True,
            method="L-BFGS-B",
            bounds=Bounds(-1.0, 1.0),
            options={"maxiter": gradients, "ftol": 1e-12, "gtol": 1e-9},
        )
        ended = max(values) - values[0] < CONVERGED
    return best, ended


def _world(ground: Ground) -> ControlWorld:
    world = ground.world
    if not isinstance(world, ControlWorld) or world.rounds != 1:
        raise ProgramRejected(
            "grape follows gradients of a schedule; allowed: control worlds of 1 round",
            field="/kind",
        )
    if ground.bound is None:
        raise ProgramRejected("grape; allowed: open_loop", field="/policy/kind")
    if world.goal.operator is not None or (world.goal.state is not None and world.goal.sign < 0):
        raise ProgramRejected(
            f"grape with the goal {world.goal.measure}; allowed: fidelities that are maximised, "
            "and goals that shots tell",
            field="/kind",
        )
    return world


def read(document: Document, shared: tuple[str, ...]) -> GrapeSettings:
    """Read ``gradients`` and ``jitter``.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    document.only(*shared, "gradients", "jitter")
    return GrapeSettings(
        gradients=document.integer("gradients", 2, 1000, 20),
        jitter=number(document, "jitter", 0.0, 1.0, 0.02),
    )
