"""Elliptical slice sampling of the hyperparameters (Murray, Adams & MacKay 2010).

For a target ``p(θ) = N(θ; m, Σ) w(θ)`` the ellipse ``m + (θ - m) cos a + ν sin a`` with
``ν ~ N(0, Σ)`` leaves the Gaussian unchanged for every angle, so only the weight w decides, by a
slice that shrinks around a = 0: no step size to tune and no rejected step. Updates alternate
between two Gaussians, each leaving the target invariant: the Laplace approximation of the posterior
(Nishihara, Murray & Adams 2014), which moves along its correlations, and the prior on a random
subset, which reaches its tails.
Shapes: ``T`` samples, ``P`` hyperparameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray
from qtwin.fusion.gaussian import Gaussian

LogDensity = Callable[[FloatArray], float]

_SUBSET = 0.34  # share of the hyperparameters that an update by the prior moves
_SHRINKS = 40


def sample(
    target: LogDensity,
    prior: Gaussian,
    approximation: Gaussian,
    rng: np.random.Generator,
    *,
    steps: int,
    keep: int,
) -> FloatArray:
    """Kept samples, shape ``(T, P)`` with T = keep; the first quarter of the steps is burn-in.

    Args:
        target: Log posterior up to a constant.
        prior: Of the hyperparameters, independent of each other.
        approximation: A Gaussian near the posterior; the walk starts from its mean.
        rng: Random numbers.
        steps: How many updates.
        keep: How many samples to keep, evenly spaced after the burn-in.
    """
    theta, value = approximation.mean, target(approximation.mean)
    burn = steps // 4
    wanted = burn + np.ceil(np.arange(1, keep + 1) * (steps - burn) / keep).astype(int) - 1
    everything = np.ones(len(theta), dtype=bool)
    kept = []
    for step in range(int(wanted[-1]) + 1):
        base = prior if step % 2 else approximation
        moves = rng.random(len(theta)) < _SUBSET if step % 2 else everything
        ellipse = _Ellipse(base=base, origin=theta, draw=base.draw(rng), moves=moves)
        theta, value = _update(target, ellipse, value, rng)
        kept.extend([theta] * int(np.count_nonzero(wanted == step)))
    return np.array(kept)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ellipse:
    """Through ``origin`` (angle 0) and ``draw``, around the mean of ``base``."""

    base: Gaussian
    origin: FloatArray
    draw: FloatArray
    moves: NDArray[np.bool_]

    def at(self, angle: float) -> FloatArray:
        centre = self.base.mean
        turned = (self.origin - centre) * np.cos(angle) + (self.draw - centre) * np.sin(angle)
        point: FloatArray = np.where(self.moves, centre + turned, self.origin)
        return point


def _update(
    target: LogDensity, ellipse: _Ellipse, value: float, rng: np.random.Generator
) -> tuple[FloatArray, float]:
    """One step along the ellipse from a point where the target is ``value``."""
    base = ellipse.base
    threshold = value - base.log_density(ellipse.origin) + np.log1p(-rng.random())
    angle = rng.uniform(0.0, 2.0 * np.pi)
    low, high = angle - 2.0 * np.pi, angle
    for _ in range(_SHRINKS):
        proposal = ellipse.at(angle)
        proposed = target(proposal)
        if proposed - base.log_density(proposal) > threshold:
            return proposal, proposed
        low, high = (angle, high) if angle < 0.0 else (low, angle)
        angle = rng.uniform(low, high)
    return ellipse.origin, value
