"""Many episodes of the mitigation world as one array program. ``B`` of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.worlds.base import Floats
from qtwin.worlds.mitigation.belief import Belief
from qtwin.worlds.mitigation.device import Devices
from qtwin.worlds.mitigation.world import MitigationWorld

MISS = 2.0
"""An answer misses when it is off by more targets than that."""
BoolArray = NDArray[np.bool_]


class Episodes:
    """State of B episodes; each has its own stream of random numbers."""

    def __init__(self, world: MitigationWorld, count: int) -> None:
        self.world = world
        self.devices = Devices.empty(count)
        self.belief = Belief.prior(world.nodes, count)
        self.left = np.full(count, world.budget)
        self.taken = np.zeros(count, dtype=np.int64)
        self.used = np.zeros((count, len(world.gains)))
        self.gains = np.array(world.gains)

    def begin(self, rows: IntArray, truths: FloatArray) -> None:
        """Start anew at ``rows`` with devices that are rows of a posterior, shape ``(b, K)``."""
        self.devices.put(rows, Devices.of(truths, self.world.posterior.names))
        self.belief.forget(rows)
        self.left[rows] = self.world.budget
        self.taken[rows] = 0
        self.used[rows] = 0.0

    def choices(self, actions: FloatArray) -> tuple[IntArray, FloatArray, FloatArray, BoolArray]:
        """Which gain, how many shots and circuits, and whether to stop, each shape ``(B,)``."""
        unit = (np.clip(actions, -1.0, 1.0) + 1.0) / 2.0
        which = np.minimum((unit[:, 0] * len(self.gains)).astype(np.int64), len(self.gains) - 1)
        shots = _between(unit[:, 1], self.world.shots)
        circuits = np.minimum(_between(unit[:, 2], self.world.circuits), shots)
        return which, shots, circuits, actions[:, 3] > 0.0

    def step(
        self, actions: FloatArray, active: BoolArray, noise: FloatArray
    ) -> tuple[FloatArray, BoolArray, BoolArray, dict[str, NDArray[Any]]]:
        """Act in the ``active`` episodes.

        Args:
            actions: Shape ``(B, 4)``.
            active: Shape ``(B,)``; the others stay as they are.
            noise: Standard normal numbers, shape ``(B,)``.

        Returns:
            Rewards, terminations and truncations, each shape ``(B,)``, and infos by name.
        """
        which, shots, circuits, stop = self.choices(actions)
        gain = self.gains[which]
        cost = self.world.prices.cost(gain, shots, circuits)
        refused = active & ~stop & (cost > self.left)
        rows = np.flatnonzero(active & ~stop & ~refused)
        self._measure(rows, gain, shots, circuits, noise)
        self.used[rows, which[rows]] += shots[rows]
        paid = np.zeros(len(cost))
        paid[rows] = cost[rows]
        self.left -= paid
        self.taken[rows] += 1
        terminated = active & (stop | (self.taken >= self.world.steps))
        ended = terminated | refused
        mean, std = self.belief.moments()
        error = np.abs(mean - self.devices.value)
        missed = ended & (error > MISS * self.world.target)
        rewards = -paid / self.world.budget - self.world.penalty * missed
        infos = {
            "answer": mean,
            "std": std,
            "error": error,
            "spent": self.world.budget - self.left,
            "cost": np.where(active & ~stop, cost, 0.0),
            "refused": refused,
            "met": ended & ~missed,
        }
        return rewards, terminated, refused, infos

    def _measure(
        self,
        rows: IntArray,
        gain: FloatArray,
        shots: FloatArray,
        circuits: FloatArray,
        noise: FloatArray,
    ) -> None:
        variance = self.devices.variance(gain, shots, circuits)
        y = self.devices.shown(gain) + np.sqrt(variance) * noise
        self.belief.learn(rows, gain[rows], y[rows], variance[rows])

    def observations(self) -> Floats:
        """Shape ``(B, O)``, see `MitigationWorld`."""
        world = self.world
        mean, std = self.belief.moments()
        damping, unsure = self.belief.channel()
        seen = np.column_stack(
            [
                self.left / world.budget,
                1.0 - self.taken / world.steps,
                np.log10(std / world.target),
                damping,
                unsure,
                (mean - world.nodes.mean) / world.nodes.std,
                np.log10(1.0 + self.used),
            ]
        )
        return np.clip(seen.astype(np.float32), *world.limits)


def _between(unit: FloatArray, bounds: tuple[int, int]) -> FloatArray:
    low, high = bounds
    between: FloatArray = np.rint(low * (high / low) ** unit)
    return between
