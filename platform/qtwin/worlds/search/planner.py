"""The agent that plans: asks what is expected to make its answer better, per cost.

Of every way, point and shot count it first takes those that rank highest by the acquisition that
QTwin's own plans use, the reduction of the truth's variance per cost (``fusion.planner.gain``),
``Σ_x w(x) Cov(f(x), y)² / (Var(z) + v)`` with ``w(x)`` the chance that the answer lies at x. Of
these it asks the one with the largest expected fall of the error of its answer per cost: the
knowledge gradient (Frazier, Powell & Dayanik 2009) of the goal's own error, whatever the goal, from
draws of truth and answer; where no ask promises any, the one that ranked first.
Shapes: ``M`` grid points, ``C = W M`` candidates, ``O`` shot counts, ``P`` draws, ``N`` finalists.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.fusion.planner.gain import variance_reduction
from qtwin.fusion.planner.outlook import Outlook
from qtwin.worlds.search.actions import Asks
from qtwin.worlds.search.agents import payable
from qtwin.worlds.search.episodes import Episodes
from qtwin.worlds.search.goal import Kind
from qtwin.worlds.search.grid import nearest

SAMPLES, FINALISTS = 256, 32
_PAIRS = 64  # draws of truth and answer that each finalist is judged by
_LEAST = 1e-12  # variance of an answer that is known
_BESIDE = 2  # grid points to each side of a slope that say how steep it is


@dataclass(slots=True, kw_only=True)
class Planner:
    """Plans one ask ahead.

    Attributes:
        confidence: Chance of being within the tolerance, by its own belief, at which it stops;
            None to go on while it can pay.
        samples: Draws of the belief.
        seed: Of the draws.
        name: For tables.
    """

    confidence: float | None = None
    samples: int = SAMPLES
    seed: int = 0
    name: str = "planner"
    _rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(self.seed)

    def choose(self, episodes: Episodes, rows: IntArray) -> Asks:
        """The ask with the largest gain per cost in each environment."""
        found = np.array([self._one(episodes, int(row)) for row in rows], dtype=np.int64)
        way, point, shots, stop = found.reshape(len(rows), 4).T
        return Asks(point=point, way=way, shots=shots, stop=stop.astype(bool))

    def _one(self, episodes: Episodes, row: int) -> tuple[int, int, int, int]:
        world, belief, points = episodes.world, episodes.belief, len(episodes.world.grid)
        drawn = belief.samples(row, int(episodes.asked[row]), self.samples, self._rng)
        can = payable(episodes, np.array([row]))[0]
        if not can.any() or self._sure(episodes, row, drawn):
            return 0, 0, 0, 1
        noise = world.prior.noise.reshape(-1, can.shape[1])
        outlook = _outlook(belief.mean[row], belief.variance[row], belief.covariance(row), points)
        gain = variance_reduction(outlook, noise, self._weights(episodes, drawn))
        rate = np.repeat(np.where(can, 1.0 / world.costs, 0.0), points, axis=0) * gain
        if not rate.max() > 0.0:
            return 0, 0, 0, 1
        finalists = np.argsort(-rate, axis=None, kind="stable")[:FINALISTS]
        candidate, shots = np.unravel_index(finalists, rate.shape)
        gain = self._lookahead(episodes, row, drawn[:_PAIRS], candidate, noise[candidate, shots])
        gain /= world.costs[candidate // points, shots]
        best = int(np.argmax(gain)) if gain.max() > 0.0 else 0
        way, point = divmod(int(candidate[best]), points)
        return way, point, int(shots[best]), 0

    def _lookahead(
        self,
        episodes: Episodes,
        row: int,
        drawn: FloatArray,
        candidate: IntArray,
        noise: FloatArray,
    ) -> FloatArray:
        """Expected fall of the error of the answer by each finalist, shape ``(N,)``."""
        belief, points = episodes.belief, len(episodes.world.grid)
        mean, entry = belief.mean[row], points + candidate
        sigma = np.sqrt(np.maximum(belief.variance[row, entry] + noise, _LEAST))
        shot = np.sqrt(noise) * self._rng.standard_normal((len(drawn), 1))
        seen = (drawn[:, entry] + shot - mean[entry]) / sigma  # (P, N)
        slope = belief.covariance(row)[:points, entry] / sigma  # (M, N)
        after = mean[:points] + seen.T[:, :, None] * slope.T[:, None, :]  # (N, P, M)
        now = self._errors(episodes, drawn, mean[None, :points])
        later = self._errors(episodes, drawn, after.reshape(-1, points))
        return np.asarray(now.mean() - later.reshape(-1, len(drawn)).mean(axis=1))

    @staticmethod
    def _errors(episodes: Episodes, drawn: FloatArray, means: FloatArray) -> FloatArray:
        """Of the answers that means give, in turn for each draw, as many as the longer has rows."""
        world = episodes.world
        answers = world.answers(means)
        count = max(len(drawn), len(answers))
        return world.errors(
            np.resize(drawn, (count, drawn.shape[1])), np.resize(answers, (count, answers.shape[1]))
        )

    def _sure(self, episodes: Episodes, row: int, drawn: FloatArray) -> bool:
        if self.confidence is None:
            return False
        world = episodes.world
        errors = self._errors(episodes, drawn, episodes.belief.mean[row][None])
        return bool(np.mean(errors <= world.goal.tolerance) >= self.confidence)

    @staticmethod
    def _weights(episodes: Episodes, drawn: FloatArray) -> FloatArray:
        """Chance that the answer is at each grid point, shape ``(M,)``."""
        world = episodes.world
        places = nearest(world.grid, world.answers(drawn))
        weights = np.bincount(places, minlength=len(world.grid)).astype(np.float64)
        if world.goal.kind is Kind.TRANSITION:
            weights = np.convolve(weights, np.ones(2 * _BESIDE + 1), mode="same")
        chance: FloatArray = weights / weights.sum()
        return chance


def _outlook(
    mean: FloatArray, variance: FloatArray, covariance: FloatArray, points: int
) -> Outlook:
    """The belief of one environment as plans see it, a mixture of one sample."""
    return Outlook(
        mean=mean[None, :points],
        var=variance[None, :points],
        forecast=mean[None, points:],
        cross=covariance[None, :points, points:],
        spread=covariance[None, points:, points:],
    )
