"""Episodes that step together: truths, beliefs and money of ``B`` environments.

What an episode needs of chance is drawn when it begins: the number of its truth, and the noise of
every ask. So a step is one array program, and an episode is the same whatever runs beside it.

An observation has, in order: mean and sigma of the truth at the shown grid points, the former from
the middle of the curve's range before the first ask in halves of that range, the latter in units of
the largest sigma then; the place of the answer and that of the largest sigma, from -1 to 1; the
parts of the budget and of the steps that are left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray
from qtwin.worlds.base import TRUTHS, Floats, truth_of
from qtwin.worlds.search.actions import Asks
from qtwin.worlds.search.belief import Belief
from qtwin.worlds.search.world import FAR, SearchWorld

NOMINAL = -1
"""Number of the truth that is the mean of the belief."""

_SLACK = 1e-9  # of the budget: rounding of sums of costs


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """What one step gave: reward, ends and info of each environment, shape ``(B,)``."""

    reward: FloatArray
    terminated: NDArray[np.bool_]
    truncated: NDArray[np.bool_]
    info: dict[str, Any]


class Episodes:
    """State of ``B`` environments of one world."""

    def __init__(self, world: SearchWorld, count: int) -> None:
        self.world = world
        self.count = count
        self.belief = Belief.of(world.prior, count, world.steps)
        self.truths = np.tile(world.prior.mean, (count, 1))
        self.numbers = np.full(count, NOMINAL)
        self.noise = np.zeros((count, world.steps))
        self.asked = np.zeros(count, dtype=np.int64)
        self.left = np.full(count, world.terms.budget)
        self.error = np.zeros(count)
        grid = world.truth(world.prior.mean)
        self._centre = 0.5 * float(grid.max() + grid.min())
        self._reach = 0.5 * float(np.ptp(grid)) or 1.0
        self._sigma = float(np.sqrt(world.truth(np.diagonal(world.prior.covariance)).max())) or 1.0

    def begin(self, row: int, rng: np.random.Generator, number: int | None) -> None:
        """Begin an episode in one environment; without a number the truth is drawn."""
        drawn = int(rng.integers(len(self.world.prior.draws)))
        number = drawn if number is None else number
        prior = self.world.prior
        self.numbers[row] = number
        self.truths[row] = prior.mean if number == NOMINAL else prior.draws[number]
        self.noise[row] = rng.standard_normal(self.world.steps)
        self.asked[row] = 0
        self.left[row] = self.world.terms.budget

    def forget(self, rows: NDArray[np.bool_]) -> None:
        """Take the beliefs of episodes that begin back to the prior."""
        self.belief.forget(rows)
        self.error[rows] = self._errors()[rows]

    def ask(self, asks: Asks, running: NDArray[np.bool_]) -> Step:
        """Do what running environments ask, as far as it can be paid."""
        cost = self.world.costs[asks.way, asks.shots]
        slack = _SLACK * self.world.terms.budget
        refused = running & ~asks.stop & (cost > self.left + slack)
        done = running & ~asks.stop & ~refused
        rows = np.flatnonzero(done)
        entry = (1 + asks.way) * len(self.world.grid) + asks.point
        variance = self.world.prior.noise[asks.way, asks.point, asks.shots]
        shot = self.noise[np.arange(self.count), np.minimum(self.asked, self.world.steps - 1)]
        answer = self.truths[np.arange(self.count), entry] + np.sqrt(variance) * shot
        self.belief.learn(
            rows,
            entry=entry[rows],
            answer=answer[rows],
            noise=variance[rows],
            ask=self.asked[rows],
        )
        self.asked[rows] += 1
        self.left[rows] = np.maximum(self.left[rows] - cost[rows], 0.0)
        before, self.error = self.error, self._errors()
        paid = np.where(done, cost, 0.0)
        price = self.world.terms.cost_weight * paid / self.world.terms.budget
        gained = (before - self.error) / self.world.first_error
        broke = self.left + slack < self.world.costs.min()
        terminated = running & (asks.stop | refused | broke)
        return Step(
            reward=np.where(running, gained - price, 0.0),
            terminated=terminated,
            truncated=running & ~terminated & (self.asked >= self.world.steps),
            info={
                **self.info(),
                "refused": refused,
                "would_cost": np.where(running & ~asks.stop, cost, 0.0),
                "paid": paid,
                "answer": np.where(done, self._in_units(answer), 0.0),
            },
        )

    def observe(self) -> Floats:
        """Shape ``(B, O)``."""
        world = self.world
        mean, variance = world.truth(self.belief.mean), world.truth(self.belief.variance)
        sigma = np.sqrt(variance)
        parts = [
            (mean[:, world.shown] - self._centre) / self._reach,
            sigma[:, world.shown] / self._sigma,
            2.0 * world.answers(self.belief.mean) - 1.0,
            2.0 * world.grid[np.argmax(sigma, axis=1)] - 1.0,
            (self.left / world.terms.budget)[:, None],
            (1.0 - self.asked / world.steps)[:, None],
        ]
        shown: Floats = np.clip(np.concatenate(parts, axis=1), -FAR, FAR).astype(np.float32)
        return shown

    def info(self) -> dict[str, Any]:
        """Of all environments, each shape ``(B,)`` or ``(B, D)``."""
        low, high = self.world.fit.bounds.T
        return {
            "value": -self.error,
            "error": self.error.copy(),
            "within": self.error <= self.world.goal.tolerance,
            "spent": self.world.terms.budget - self.left,
            "left": self.left.copy(),
            "asks": self.asked.copy(),
            "place": low + self.world.answers(self.belief.mean) * (high - low),
            "truth": self.numbers.copy(),
        }

    def _errors(self) -> FloatArray:
        return self.world.errors(self.truths, self.world.answers(self.belief.mean))

    def _in_units(self, values: FloatArray) -> FloatArray:
        scale = self.world.scale
        units: FloatArray = scale.shift + scale.factor * values
        return units


def numbers_of(options: Mapping[str, Any] | None, count: int, truths: int) -> list[int | None]:
    """The truths that ``reset`` options ask for, one per environment; None to draw it.

    Raises:
        ValueError: Other numbers than those of the draws, or another count of them.
    """
    if truth_of(options) != TRUTHS[0]:
        return [NOMINAL] * count
    numbers = (options or {}).get("draws")
    if numbers is None:
        return [None] * count
    asked = np.asarray(numbers)
    if asked.shape != (count,) or asked.dtype.kind not in "iu":
        raise ValueError(f"draws is {numbers!r}; allowed: {count} integers, one per environment")
    if asked.min() < 0 or asked.max() >= truths:
        raise ValueError(f"draws is {numbers!r}; allowed: 0 to {truths - 1}")
    return [int(number) for number in asked]
