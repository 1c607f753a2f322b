"""What is searched for, the answer that a curve gives, and how wrong an answer is.

Shapes: ``B`` curves, ``M`` grid points, ``D`` controls. Curves are standardised, places in the unit
cube; errors are in the observable's unit, those of a transition in the control's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray


class Kind(StrEnum):
    """What is searched for."""

    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    TARGET = "target"
    TRANSITION = "transition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A question whose answer is one place.

    The error of an answer x is its regret: ``f(x) - min f`` for a minimum, ``max f - f(x)`` for a
    maximum, ``|f(x) - level| - min |f - level|`` for a target; for a transition it is the distance
    to the steepest place, or to the first crossing with the level where there is one (to where the
    curve comes nearest to the level if it never crosses).

    Attributes:
        kind: What is searched for.
        tolerance: Error up to which the answer counts as found, above 0.
        level: Of a target or a crossing, in the observable's unit; None for the steepest place.
    """

    kind: Kind
    tolerance: float
    level: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """As a document has it."""
        level = {} if self.level is None else {"level": self.level}
        return {"kind": str(self.kind), "tolerance": self.tolerance, **level}

    def answer(self, curves: FloatArray, grid: FloatArray, level: float) -> FloatArray:
        """Place of the answer of each curve, shape ``(B, D)``; ``level`` is standardised."""
        if self.kind is Kind.TRANSITION:
            spacing = 1.0 / (curves.shape[1] - 1)
            found = _steepest(curves) if self.level is None else _crossing(curves, level)
            return np.asarray((found * spacing)[:, None])
        answered: FloatArray = grid[np.argmin(self._badness(curves, level), axis=1)]
        return answered

    def error(
        self, truth: FloatArray, answer: FloatArray, at: IntArray, grid: FloatArray, level: float
    ) -> FloatArray:
        """How wrong answers are, shape ``(B,)``, standardised or in the unit cube.

        Args:
            truth: Shape ``(B, M)``.
            answer: Shape ``(B, D)``.
            at: Grid point of each answer, shape ``(B,)``.
            grid: Shape ``(M, D)``.
            level: Standardised.
        """
        if self.kind is Kind.TRANSITION:
            apart: FloatArray = np.abs(answer - self.answer(truth, grid, level))[:, 0]
            return apart
        bad = self._badness(truth, level)
        regret: FloatArray = bad[np.arange(len(bad)), at] - bad.min(axis=1)
        return regret

    def _badness(self, curves: FloatArray, level: float) -> FloatArray:
        if self.kind is Kind.TARGET:
            return np.abs(curves - level)
        return -curves if self.kind is Kind.MAXIMUM else curves


def _steepest(curves: FloatArray) -> FloatArray:
    """Where the slope is largest in size, in grid steps, to the top of a parabola; ``(B,)``."""
    slope = np.abs(np.diff(curves, axis=1))  # between neighbours
    rows, best = np.arange(len(curves)), np.argmax(slope, axis=1)
    inside = np.clip(best, 1, slope.shape[1] - 2)
    before, here, after = (slope[rows, inside + shift] for shift in (-1, 0, 1))
    bend = before - 2.0 * here + after
    shift = np.where(bend < 0.0, 0.5 * (before - after) / np.where(bend < 0.0, bend, -1.0), 0.0)
    top = np.where(best == inside, np.clip(shift, -0.5, 0.5), 0.0)
    found: FloatArray = best + 0.5 + top
    return found


def _crossing(curves: FloatArray, level: float) -> FloatArray:
    """First crossing with the level, or the nearest approach, in grid steps; ``(B,)``."""
    above = curves - level
    crosses = above[:, :-1] * above[:, 1:] <= 0.0
    rows, first = np.arange(len(curves)), np.argmax(crosses, axis=1)
    before, after = above[rows, first], above[rows, first + 1]
    change = before - after
    part = np.where(change != 0.0, before / np.where(change != 0.0, change, 1.0), 0.0)
    nearest = np.argmin(np.abs(above), axis=1)
    found: FloatArray = np.where(crosses.any(axis=1), first + part, nearest)
    return found
