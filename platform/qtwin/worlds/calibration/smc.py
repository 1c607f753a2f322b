"""Tempered sequential Monte Carlo in normal scores, all particles in one array program.

Particles start from the prior and meet the likelihood step by step, ``prior * likelihood**beta``
with ``beta`` from 0 to 1. Each next ``beta`` leaves half of the particles' effective number; then
they are resampled and moved by random-walk Metropolis steps of the covariance that they have (Del
Moral, Doucet and Jasra, J. R. Statist. Soc. B 68, 411 (2006); steps of ``2.38 / sqrt(K)`` by
Roberts and Rosenthal, Stat. Sci. 16, 351 (2001)). Shapes use ``N`` for particles, ``K`` for scores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray

LogLikelihood = Callable[[FloatArray], FloatArray]
KEPT = 0.5
"""Share of the effective number that a step of the ladder keeps."""
MOST_STEPS = 200
NEAR = 1e-3
"""Of the variance of a coordinate that its covariance is kept away from 0 by."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """What one run ends with.

    Attributes:
        scores: Shape ``(N, K)``, of equal weight.
        log_likelihood: Shape ``(N,)``.
        ladder: Every ``beta``, from 0 to 1.
        effective: Effective number of particles before each resampling.
        accepted: Share of accepted moves at each ``beta``.
        log_evidence: Logarithm of the marginal likelihood.
    """

    scores: FloatArray
    log_likelihood: FloatArray
    ladder: tuple[float, ...]
    effective: tuple[float, ...]
    accepted: tuple[float, ...]
    log_evidence: float


class NotTempered(Exception):
    """The likelihood cannot be met in `MOST_STEPS` steps, or is finite nowhere."""


def sample(
    log_likelihood: LogLikelihood,
    rng: np.random.Generator,
    *,
    particles: int,
    dimensions: int,
    moves: int,
) -> Population:
    """Draw from ``N(0, 1)**K`` times the likelihood.

    Args:
        log_likelihood: Of scores, shape ``(N, K)``, gives shape ``(N,)``; minus infinity is
            allowed, NaN is taken for it.
        moves: Metropolis steps at each ``beta``.

    Raises:
        NotTempered: See there.
    """
    scores = rng.standard_normal((particles, dimensions))
    found = _finite(log_likelihood(scores))
    ladder, effective, accepted, evidence = [0.0], [], [], 0.0
    scale = 2.38 / np.sqrt(dimensions)
    while ladder[-1] < 1.0:
        if len(ladder) > MOST_STEPS or not np.isfinite(found).any():
            raise NotTempered(f"beta = {ladder[-1]:.3g} after {len(ladder) - 1} steps")
        step = _step(found, 1.0 - ladder[-1])
        weights = _weights(step * found)
        evidence += _log_mean(step * found)
        effective.append(float(1.0 / np.sum(weights**2)))
        chosen = resampled(weights, rng)
        walk = _walk(scores, weights) * scale
        cloud = scores[chosen], found[chosen]
        ladder.append(min(1.0, ladder[-1] + step))
        rates = []
        for _ in range(moves):
            cloud, rate = _moved(log_likelihood, cloud, ladder[-1], walk, rng)
            rates.append(rate)
        scores, found = cloud
        accepted.append(float(np.mean(rates)))
        scale *= float(np.exp(np.clip(accepted[-1] - 0.3, -0.3, 0.3)))
    return Population(
        scores=scores,
        log_likelihood=found,
        ladder=tuple(ladder),
        effective=tuple(effective),
        accepted=tuple(accepted),
        log_evidence=float(evidence),
    )


def resampled(weights: FloatArray, rng: np.random.Generator) -> IntArray:
    """Systematic resampling: which particles go on, shape ``(N,)``.

    Args:
        weights: Shape ``(N,)``, summing to 1.
    """
    count = len(weights)
    places = (rng.random() + np.arange(count)) / count
    chosen = np.searchsorted(np.cumsum(weights), places)
    return np.asarray(np.minimum(chosen, count - 1), dtype=np.int64)


def _step(found: FloatArray, most: float) -> float:
    """The longest step of ``beta`` that keeps the effective number, by bisection."""
    wanted = KEPT * len(found)
    if _effective(most * found) >= wanted:
        return most
    low, high = 0.0, most
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _effective(middle * found) >= wanted else (low, middle)
    return max(low, 1e-12)


def _moved(
    log_likelihood: LogLikelihood,
    cloud: tuple[FloatArray, FloatArray],
    beta: float,
    walk: FloatArray,
    rng: np.random.Generator,
) -> tuple[tuple[FloatArray, FloatArray], float]:
    """One Metropolis step of every particle, of scores and what was found there."""
    scores, found = cloud
    asked = scores + rng.standard_normal(scores.shape) @ walk.T
    answer = _finite(log_likelihood(asked))
    gain = np.full(len(scores), -np.inf)
    known = np.isfinite(answer)
    gain[known] = beta * (answer[known] - found[known])
    gain += 0.5 * (np.sum(scores**2, axis=1) - np.sum(asked**2, axis=1))
    taken = np.log(rng.random(len(scores))) < gain
    scores = np.where(taken[:, None], asked, scores)
    return (scores, np.where(taken, answer, found)), float(taken.mean())


def _walk(scores: FloatArray, weights: FloatArray) -> FloatArray:
    """A square root of the weighted covariance, shape ``(K, K)``."""
    away = scores - weights @ scores
    covariance = (weights[:, None] * away).T @ away
    floor = NEAR * np.diag(np.diag(covariance).clip(1e-12))
    return np.asarray(np.linalg.cholesky(covariance + floor))


def _finite(found: FloatArray) -> FloatArray:
    return np.where(np.isnan(found), -np.inf, found)


def _weights(logs: FloatArray) -> FloatArray:
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def _effective(logs: FloatArray) -> float:
    return float(1.0 / np.sum(_weights(logs) ** 2))


def _log_mean(logs: FloatArray) -> float:
    top = logs.max()
    return float(top + np.log(np.mean(np.exp(logs - top))))
