"""A planner that looks one measurement ahead.

The belief over ``(f, -log rho)`` is taken for a joint Gaussian with its own mean and covariance,
and the measurement for a linear one, ``dy = rho df - rho (f - m) dk(G)`` with
``k(G) = G gamma - log c``; what is left of the variance of f is then known before measuring. Of the
measurements that reach the target the cheapest is taken. Else it is, of those that lower the log
variance by its share of what is missing over the steps left, the one that does so at least cost per
unit, or where none does that much the one that lowers it the most.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.worlds.base import Floats
from qtwin.worlds.mitigation.episode import Episodes

LEVELS = 9
"""How many numbers of shots, and of circuits, are considered, evenly in their logs."""


class Planner:
    """Plans for many episodes at once."""

    def __init__(self, episodes: Episodes) -> None:
        self._episodes = episodes
        unit = np.linspace(-1.0, 1.0, LEVELS)
        count = len(episodes.gains)
        gains = (np.arange(count) + 0.5) / count * 2.0 - 1.0
        mesh = np.meshgrid(gains, unit, unit, [-1.0], indexing="ij")
        self._actions = np.stack([axis.ravel() for axis in mesh], axis=1)
        which, self._shots, self._circuits, _ = episodes.choices(self._actions)
        self._gain = episodes.gains[which]
        self._cost = episodes.world.prices.cost(self._gain, self._shots, self._circuits)

    def act(self) -> Floats:
        """An action for each episode, shape ``(B, 4)``."""
        episodes, target = self._episodes, self._episodes.world.target
        _, std = episodes.belief.moments()
        after = self._left(std)
        payable = self._cost <= episodes.left[:, None]
        enough = payable & (after <= target**2)
        gained = np.log(std[:, None] ** 2 / np.maximum(after, 1e-300))
        missing = np.log(std**2 / target**2) / (episodes.world.steps - episodes.taken)
        fair = payable & (gained >= missing[:, None])
        best = np.select(
            [enough.any(axis=1), fair.any(axis=1)],
            [
                np.where(enough, self._cost, np.inf).argmin(axis=1),
                np.where(fair, gained / self._cost, -np.inf).argmax(axis=1),
            ],
            np.where(payable, gained, -np.inf).argmax(axis=1),
        )
        actions = self._actions[best].copy()
        actions[(std <= target) | ~payable.any(axis=1), 3] = 1.0
        chosen: Floats = actions.astype(np.float32)
        return chosen

    def _left(self, std: FloatArray) -> FloatArray:
        """Variance of f after each measurement on offer, shape ``(B, candidates)``."""
        belief, devices = self._episodes.belief, self._episodes.devices
        nodes, weights = belief.nodes, belief.weights()
        means = belief.shift / belief.precision
        mean = (weights * means).sum(axis=1)[:, None]
        damping = self._gain[:, None] * nodes.rate - np.log(np.maximum(nodes.scale, 1e-12))
        centre = weights @ damping.T
        spread = weights @ (damping**2).T - centre**2
        joint = (weights * (means - mean)) @ damping.T
        rho = np.exp(-centre)
        off = rho * (mean - (weights @ nodes.mixed_value)[:, None])
        noise = (self._gain * devices.circuit_spread[:, None]) ** 2 / self._circuits
        noise = noise + devices.deviation[:, None] ** 2 / self._shots
        var = std[:, None] ** 2
        seen = rho**2 * var - 2.0 * rho * off * joint + off**2 * spread + noise
        shared = rho * var - off * joint
        left: FloatArray = np.maximum(var - shared**2 / np.maximum(seen, 1e-300), 0.0)
        return left
