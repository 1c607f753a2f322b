"""The minimum of drawn functions over a box of several controls.

Pilot draws say where minima are. The draws are then made on a design that holds half of its points
around those, and continued between the points (see ``functions``). The minimum of each draw is
found by a search around its best design point, whose steps shrink where they no longer help.
Shapes: ``S`` draws, ``Z`` design points, ``D`` controls, ``F`` free ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.fusion.questions.functions import Functions, Near
from qtwin.fusion.questions.sequence import sequence
from qtwin.fusion.star.posterior import StarFit

_DESIGN = 256  # points of each half
_PILOTS = 96
_LEGS = 2
_ROUNDS = 12  # of each leg
_SHRINK = 0.4
_NEXT_LEG = 0.1  # of the reach of the first


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Box:
    """A part of the unit cube.

    Attributes:
        low: Shape ``(D,)``.
        high: Shape ``(D,)``; equal to ``low`` in the controls that are fixed.
    """

    low: FloatArray
    high: FloatArray

    @property
    def free(self) -> IntArray:
        """Controls that vary, shape ``(F,)``."""
        return np.flatnonzero(self.high > self.low)

    def fill(self, count: int) -> FloatArray:
        """Corners, then evenly spread points, shape ``(Z, D)``."""
        f = len(self.free)
        corners = np.stack(np.meshgrid(*[[0.0, 1.0]] * min(f, 6), indexing="ij"), -1)
        corners = corners.reshape(-1, min(f, 6))
        corners = np.pad(corners, ((0, 0), (0, f - corners.shape[1])), constant_values=0.5)
        return self.low + self._spread(np.vstack([corners, sequence(count - len(corners), f)]))

    def around(self, centres: FloatArray, count: int) -> FloatArray:
        """Points near these centres, shape ``(count, D)``."""
        f = len(self.free)
        reach = count ** (-1.0 / f)
        offsets = self._spread(reach * (sequence(count, f) - 0.5))
        return np.clip(np.resize(centres, (count, len(self.low))) + offsets, self.low, self.high)

    def moves(self) -> FloatArray:
        """Steps along each free control and between them, shape ``(4F, D)``."""
        f = len(self.free)
        return self._spread(np.vstack([np.eye(f), -np.eye(f), 2.0 * sequence(2 * f, f) - 1.0]))

    def _spread(self, unit: FloatArray) -> FloatArray:
        spread = np.zeros((len(unit), len(self.low)))
        spread[:, self.free] = unit * (self.high - self.low)[self.free]
        return spread


def minima(
    fit: StarFit, box: Box, *, sign: float, count: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Least value of ``sign`` times each draw, shape ``(S,)``, and its place, shape ``(S, D)``.

    Values are standardised, places in the unit cube.
    """
    rng = np.random.default_rng(seed)
    coarse = box.fill(_DESIGN)
    pilots = Functions.draw(fit, coarse, count=_PILOTS, rng=rng)
    likely = coarse[np.argmin(sign * pilots.drawn, axis=1)]
    design = np.vstack([coarse, box.around(likely, _DESIGN)])
    functions = Functions.draw(fit, design, count=count, rng=rng)
    return _search(functions, design, box, sign)


def _search(
    functions: Functions, design: FloatArray, box: Box, sign: float
) -> tuple[FloatArray, FloatArray]:
    """Around the best design point of each draw, in a cross and a cloud that shrink."""
    near = np.argmin(sign * functions.drawn, axis=1)
    best = design[near]
    reach = np.full(len(best), _DESIGN ** (-1.0 / len(box.free)))
    for _ in range(_LEGS):
        look = functions.around(best, near, box.free)
        best = _leg(look, best, reach, box, sign)
        reach = _NEXT_LEG * reach
    return sign * functions(best[:, None], near)[:, 0], best


def _leg(look: Near, best: FloatArray, reach: FloatArray, box: Box, sign: float) -> FloatArray:
    """Places after some rounds, with one linear part."""
    moves, rows = box.moves(), np.arange(len(best))
    value = sign * look(best[:, None])[:, 0]
    for _ in range(_ROUNDS):
        tried = np.clip(best[:, None] + reach[:, None, None] * moves, box.low, box.high)
        found = sign * look(tried)
        at = found.argmin(axis=1)
        better = found[rows, at] < value
        best = np.where(better[:, None], tried[rows, at], best)
        value = np.where(better, found[rows, at], value)
        reach = np.where(better, reach, _SHRINK * reach)
    return best
