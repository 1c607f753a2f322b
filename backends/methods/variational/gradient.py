"""BFGS on a batch of landscapes at once, each member going its own way.

Nocedal and Wright, Numerical Optimization (2006), algorithm 6.1, with a backtracking search (3.1)
that may fail once before the inverse Hessian starts anew. No member's steps depend on the others,
so that chunks of a sweep give what the whole gives.
"""

from __future__ import annotations

import numpy as np

from backends.methods.variational.landscape import Chosen, Landscape
from backends.methods.variational.optimum import Optimum
from backends.schema.experiment import FloatArray

FLAT = 1e-7
"""Largest component of the gradient at which a member is done, in its unit of energy per radian."""
CONVERGED = 1e-4
"""A member that cannot go lower although its gradient is above `FLAT` has converged below this."""
LONGEST_STEP = 1.0
ARMIJO = 1e-4
ROUNDING = 1e-13
HALVINGS = 14
BYTES = 2**28
"""Of inverse Hessians and what updates them, at once."""
SLOW = 1e-9
PATIENCE = 20
"""A member that gains less than `SLOW`, relative to its energy, in so many steps is done."""


def minimise(landscape: Landscape | Chosen, start: FloatArray, iterations: int) -> Optimum:
    """A minimum near ``start`` for each member, shape ``(B, T)``."""
    block = max(1, BYTES // (32 * start.shape[1] ** 2 + 1))
    if len(start) > block:
        rows = np.arange(len(start))
        parts = [
            _found(_Search(landscape.of_rows(some), start[some]), iterations)
            for some in (rows[i : i + block] for i in range(0, len(start), block))
        ]
        return Optimum.joined(parts)
    return _found(_Search(landscape, start), iterations)


def resumed(
    landscape: Landscape | Chosen, start: FloatArray, iterations: int, inverse: FloatArray
) -> tuple[Optimum, FloatArray]:
    """A minimum, and the inverse Hessian at it, from one that is about right at the start.

    Args:
        inverse: Shape ``(B, T, T)``.
    """
    search = _Search(landscape, start, inverse)
    return _found(search, iterations), search.inverse


def _found(search: _Search, iterations: int) -> Optimum:
    for count in range(iterations):
        if not len(search.active):
            break
        search.step()
        if count % PATIENCE == PATIENCE - 1:
            search.drop_slow()
    slopes = np.abs(search.gradients).max(axis=1, initial=0.0)
    return Optimum(
        parameters=search.parameters,
        values=search.values,
        converged=slopes < CONVERGED,
        reason=f"the gradient is still above {CONVERGED:g} after {iterations} iterations",
    )


class _Search:
    """Where every member stands, and which are still going."""

    def __init__(
        self, landscape: Landscape | Chosen, start: FloatArray, inverse: FloatArray | None = None
    ) -> None:
        members, size = start.shape
        self.landscape = landscape
        self.parameters = start.copy()
        self.active = np.arange(members)
        self.values, self.gradients = landscape.gradients(start, self.active)
        if inverse is None:
            inverse = np.repeat(np.eye(size)[None], members, axis=0)
            self.fresh = np.ones(members, dtype=bool)
        else:
            self.fresh = np.zeros(members, dtype=bool)
        self.inverse = inverse.copy()
        self._before = np.full(members, np.inf)
        self._drop_flat()

    def drop_slow(self) -> None:
        """Leave those that have gained next to nothing since this was last called."""
        gain = self._before - self.values
        self._before = self.values.copy()
        small = gain <= SLOW * np.maximum(1.0, np.abs(self.values))
        self.active = self.active[~small[self.active]]

    def step(self) -> None:
        rows = self.active
        direction = -np.einsum("bij,bj->bi", self.inverse[rows], self.gradients[rows])
        slope = np.einsum("bi,bi->b", direction, self.gradients[rows])
        uphill = slope >= 0
        direction[uphill] = -self.gradients[rows][uphill]
        slope[uphill] = -(self.gradients[rows][uphill] ** 2).sum(axis=1)
        largest = np.abs(direction).max(axis=1)
        length = np.minimum(1.0, LONGEST_STEP / largest)
        moved = self._backtrack(rows, direction, slope, length)
        # Who cannot go down starts anew by steepest descent, and stops when that fails too.
        stuck = rows[~moved]
        again = stuck[~self.fresh[stuck]]
        self.inverse[again] = np.eye(self.parameters.shape[1])
        ended = stuck[self.fresh[stuck]]
        self.fresh[again] = True
        self.active = np.setdiff1d(self.active, ended, assume_unique=True)
        self._drop_flat()

    def _backtrack(
        self,
        rows: np.ndarray,
        direction: FloatArray,
        slope: FloatArray,
        length: FloatArray,
    ) -> np.ndarray:
        """Move those that find a lower value; which did."""
        moved = np.zeros(len(rows), dtype=bool)
        open_ = np.arange(len(rows))
        for _ in range(HALVINGS):
            here = rows[open_]
            trial = self.parameters[here] + length[open_, None] * direction[open_]
            values, gradients = self.landscape.gradients(trial, here)
            noise = ROUNDING * np.maximum(1.0, np.abs(self.values[here]))
            good = values <= self.values[here] + ARMIJO * length[open_] * slope[open_] + noise
            self._accept(here[good], trial[good], values[good], gradients[good])
            moved[open_[good]] = True
            open_ = open_[~good]
            if not len(open_):
                break
            length[open_] /= 2.5
        return moved

    def _accept(
        self, rows: np.ndarray, trial: FloatArray, values: FloatArray, gradients: FloatArray
    ) -> None:
        step, change = trial - self.parameters[rows], gradients - self.gradients[rows]
        curve = np.einsum("bi,bi->b", step, change)
        size = np.einsum("bi,bi->b", change, change)
        bent = curve > 1e-12 * np.sqrt(size) * np.linalg.norm(step, axis=1)
        self.parameters[rows], self.values[rows], self.gradients[rows] = trial, values, gradients
        self._update(rows[bent], step[bent], change[bent], curve[bent], size[bent])

    def _update(
        self,
        rows: np.ndarray,
        step: FloatArray,
        change: FloatArray,
        curve: FloatArray,
        size: FloatArray,
    ) -> None:
        """``H' = (1 - s y^T / sy) H (1 - y s^T / sy) + s s^T / sy``."""
        first = self.fresh[rows]
        self.inverse[rows[first]] *= (curve[first] / size[first])[:, None, None]
        self.fresh[rows] = False
        inverse = self.inverse[rows]
        bent = np.einsum("bij,bj->bi", inverse, change)
        stretch = (1 + np.einsum("bi,bi->b", change, bent) / curve) / curve
        outer = bent[:, :, None] * step[:, None, :] / curve[:, None, None]
        inverse -= outer + outer.transpose(0, 2, 1)
        inverse += stretch[:, None, None] * step[:, :, None] * step[:, None, :]
        self.inverse[rows] = inverse

    def _drop_flat(self) -> None:
        slopes = np.abs(self.gradients[self.active]).max(axis=1, initial=0.0)
        self.active = self.active[slopes > FLAT]
