"""What an agent may believe of the value, after what the device has shown: exact Bayes.

The channel ``rho(G) = c exp(-G gamma)`` is one of J nodes, draws of the posterior; given the node
``y = m + rho (f - m) + noise`` is linear in f, so that f is Gaussian with natural parameters that
measurements add to, and each node has its evidence. The belief is the mixture of the nodes.
``B`` environments, ``J`` nodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.worlds.posterior import Posterior

NODES = 128
WIDER = 4.0
"""The agent's prior of f is that many times as wide as the draws, and reaches to the mixed value:
an agent that knew the answer would have nothing to measure."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nodes:
    """What agents know before they measure: channels, each shape ``(J,)``, and a wide prior of f.

    Attributes:
        scale: c.
        rate: gamma.
        mixed_value: m.
        mean: Prior mean of f.
        std: Prior standard deviation of f.
    """

    scale: FloatArray
    rate: FloatArray
    mixed_value: FloatArray
    mean: float
    std: float

    @classmethod
    def of(cls, posterior: Posterior) -> Nodes:
        """Evenly chosen draws of a posterior, in the order of their rates."""
        order = np.argsort(posterior.column("rate"), kind="stable")
        some = order[np.linspace(0, len(order) - 1, min(NODES, len(order))).astype(np.int64)]
        values = posterior.column("value")
        mean, mixed = float(values.mean()), float(posterior.column("mixed_value").mean())
        return cls(
            scale=posterior.column("scale")[some],
            rate=posterior.column("rate")[some],
            mixed_value=posterior.column("mixed_value")[some],
            mean=mean,
            std=max(WIDER * float(values.std()), abs(mean - mixed) / 2.0, 1e-9),
        )

    def transmission(self, gain: FloatArray) -> FloatArray:
        """The damping at a gain each, shape ``(B, J)``."""
        rho: FloatArray = self.scale * np.exp(-gain[:, None] * self.rate)
        return rho


@dataclass(slots=True, kw_only=True, eq=False)
class Belief:
    """Of B agents.

    Attributes:
        nodes: Of all agents.
        precision: Of f given each node, shape ``(B, J)``.
        shift: Precision times mean of f given each node, shape ``(B, J)``.
        evidence: Log evidence of each node, shape ``(B, J)``.
    """

    nodes: Nodes
    precision: FloatArray
    shift: FloatArray
    evidence: FloatArray

    @classmethod
    def prior(cls, nodes: Nodes, count: int) -> Belief:
        """Before anything was measured."""
        shape = (count, len(nodes.rate))
        precision = np.full(shape, nodes.std**-2.0)
        return cls(
            nodes=nodes,
            precision=precision,
            shift=nodes.mean * precision,
            evidence=np.zeros(shape),
        )

    def forget(self, rows: IntArray) -> None:
        """Begin anew at ``rows``."""
        precision = self.nodes.std**-2.0
        self.precision[rows] = precision
        self.shift[rows] = self.nodes.mean * precision
        self.evidence[rows] = 0.0

    def learn(self, rows: IntArray, gain: FloatArray, y: FloatArray, variance: FloatArray) -> None:
        """Take one measurement in, of each agent at ``rows``; each argument has their length."""
        rho = self.nodes.transmission(gain)
        seen = y[:, None] - (1.0 - rho) * self.nodes.mixed_value
        noise = variance[:, None]
        precision, shift = self.precision[rows], self.shift[rows]
        expected, spread = rho * shift / precision, rho**2 / precision + noise
        self.evidence[rows] -= 0.5 * ((seen - expected) ** 2 / spread + np.log(spread))
        self.precision[rows] = precision + rho**2 / noise
        self.shift[rows] = shift + rho * seen / noise

    def weights(self) -> FloatArray:
        """Of the nodes, shape ``(B, J)``, each row summing to 1."""
        raised = np.exp(self.evidence - self.evidence.max(axis=1, keepdims=True))
        weights: FloatArray = raised / raised.sum(axis=1, keepdims=True)
        return weights

    def moments(self) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of f, each shape ``(B,)``."""
        weights, means = self.weights(), self.shift / self.precision
        mean = (weights * means).sum(axis=1)
        within = (weights / self.precision).sum(axis=1)
        between = (weights * (means - mean[:, None]) ** 2).sum(axis=1)
        return mean, np.sqrt(within + between)

    def channel(self) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of ``-log rho`` at gain 1, each shape ``(B,)``."""
        weights = self.weights()
        damping = self.nodes.rate - np.log(np.maximum(self.nodes.scale, 1e-12))
        mean = (weights * damping).sum(axis=1)
        return mean, np.sqrt((weights * (damping - mean[:, None]) ** 2).sum(axis=1))
