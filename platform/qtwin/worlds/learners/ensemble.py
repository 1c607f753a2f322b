"""The mean goal of one schedule over several truths of a control world, and its gradient.

``S`` steps, ``C`` controls, ``A`` components of an action, ``E`` truths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.dynamics import Diagonal, Fidelity, gradient
from qtwin.fusion.base import FloatArray
from qtwin.worlds.control.world import ControlWorld
from qtwin.worlds.learners.truths import Episodes

NUDGE = 1e-6
"""Of an action: knots are piecewise linear in actions, so that differences are exact."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ensemble:
    """Truths at which a schedule is judged.

    Attributes:
        truths: By parameter, each ``(E,)``.
        start: Table whose durations are kept, shape ``(S, A)``.
    """

    world: ControlWorld
    truths: dict[str, FloatArray]
    start: FloatArray

    @classmethod
    def of(cls, world: ControlWorld, episodes: Episodes, x: FloatArray) -> Ensemble:
        """The truths of some episodes; the nominal one once.

        Args:
            x: Table of actions in one row, shape ``(S * A,)``.
        """
        truths = world.truths
        numbered = not isinstance(episodes.draws, int)
        rows = truths.draws[episodes.draws] if numbered else truths.nominal[None]
        table = np.array(x, dtype=np.float64).reshape(world.steps, -1)
        return cls(world=world, truths=truths.columns(rows), start=table)

    @property
    def _controls(self) -> int:
        return len(self.world.schedules.names)

    def free(self, x: FloatArray) -> FloatArray:
        """What is sought of a table: all but the durations, shape ``(S * C,)``."""
        return np.array(x.reshape(self.start.shape)[:, : self._controls]).ravel()

    def table(self, free: FloatArray) -> FloatArray:
        """The table with them, in one row, shape ``(S * A,)``."""
        table = self.start.copy()
        table[:, : self._controls] = free.reshape(len(table), -1)
        return table.ravel()

    def value(self, x: FloatArray) -> tuple[float, FloatArray]:
        """The mean goal, larger when better, and its slope along what is sought ``(S * C,)``."""
        world = self.world
        times, values, along = self._knots(x)
        count = len(next(iter(self.truths.values())))
        names = world.schedules.names
        controls = {name: np.tile(values[:, i], (count, 1)) for i, name in enumerate(names)}
        dynamics: Any = world.driven.dynamics(resolved=False)
        terms = dynamics.terms(controls, self.truths)
        found = gradient(
            dynamics.model,
            np.tile(np.asarray(dynamics.start, dtype=np.complex128), (count, 1)),
            terms.weights,
            terms.drives,
            np.tile(np.diff(times), (count, 1)),
            goal=self._goal(),
            tolerance=world.tolerance,
            substeps=np.full(len(times) - 1, world.simulator.substeps),
        )
        back = dynamics.pullback(found.terms, controls, self.truths)
        slopes = np.stack([np.asarray(back[name]).mean(axis=0) for name in names], axis=1)
        return float(found.values.mean()), np.einsum("fkc,kc->f", along, slopes)

    def _goal(self) -> Diagonal | Fidelity:
        goal = self.world.goal
        if goal.diagonal is not None:
            return Diagonal(goal.sign * goal.diagonal)
        return Fidelity(goal.state)

    def _knots(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Times ``(K,)``, values ``(K, C)``, and their slopes along what is sought."""
        free = self.free(x)
        nudges = np.where(free > 0, -NUDGE, NUDGE)
        rows = [free, *(free + nudges[i] * np.eye(1, len(free), i)[0] for i in range(len(free)))]
        tables = np.stack([self.table(row).reshape(self.start.shape) for row in rows])
        knots = self.world.schedules.knots(tables)
        along = (knots.values[1:] - knots.values[0]) / nudges[:, None, None]
        return knots.times[0], knots.values[0], along
