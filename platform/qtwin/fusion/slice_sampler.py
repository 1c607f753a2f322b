"""Elliptical slice sampling of the hyperparameters (Murray, Adams & MacKay 2010).

With a Gaussian prior, ``θ' = μ + (θ - μ) cos a + ν sin a`` with ``ν ~ N(0, Σ)`` leaves the prior
unchanged for every angle, so only the likelihood decides, by a slice that shrinks around a = 0:
no step size to tune and no rejected step.
Shapes: ``T`` samples, ``P`` hyperparameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray

LogDensity = Callable[[FloatArray], float]

_SUBSET = 0.34  # share of the hyperparameters that every second update moves
_SHRINKS = 40


def sample(
    log_likelihood: LogDensity,
    start: FloatArray,
    mean: FloatArray,
    sigma: FloatArray,
    rng: np.random.Generator,
    *,
    steps: int,
    keep: int,
) -> FloatArray:
    """Kept samples, shape ``(T, P)`` with T = keep; the first quarter of the steps is burn-in.

    Updates alternate between all hyperparameters and a random subset: the subset keeps the angle
    large when the data determine many of them. Each leaves the posterior invariant.
    """
    theta, value = start, log_likelihood(start)
    burn = steps // 4
    wanted = burn + np.ceil(np.arange(1, keep + 1) * (steps - burn) / keep).astype(int) - 1
    kept = []
    for step in range(int(wanted[-1]) + 1):
        moves = rng.random(len(mean)) < _SUBSET if step % 2 else np.ones(len(mean), dtype=bool)
        draw = mean + sigma * rng.standard_normal(len(mean))
        ellipse = _Ellipse(origin=theta, mean=mean, draw=draw, moves=moves)
        theta, value = _update(log_likelihood, ellipse, value, rng)
        kept.extend([theta] * int(np.count_nonzero(wanted == step)))
    return np.array(kept)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ellipse:
    """Through ``origin`` (angle 0) and ``draw``, around ``mean``; only ``moves`` move."""

    origin: FloatArray
    mean: FloatArray
    draw: FloatArray
    moves: NDArray[np.bool_]

    def at(self, angle: float) -> FloatArray:
        centre = self.mean
        turned = (self.origin - centre) * np.cos(angle) + (self.draw - centre) * np.sin(angle)
        point: FloatArray = np.where(self.moves, centre + turned, self.origin)
        return point


def _update(
    log_likelihood: LogDensity, ellipse: _Ellipse, value: float, rng: np.random.Generator
) -> tuple[FloatArray, float]:
    """One step along the ellipse from a point whose log likelihood is ``value``."""
    threshold = value + np.log1p(-rng.random())
    angle = rng.uniform(0.0, 2.0 * np.pi)
    low, high = angle - 2.0 * np.pi, angle
    for _ in range(_SHRINKS):
        proposal = ellipse.at(angle)
        proposed = log_likelihood(proposal)
        if proposed > threshold:
            return proposal, proposed
        low, high = (angle, high) if angle < 0.0 else (low, angle)
        angle = rng.uniform(low, high)
    return ellipse.origin, value
