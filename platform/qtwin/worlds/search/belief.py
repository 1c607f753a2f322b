"""What an agent may believe: the best linear estimate from what was asked, for all at once.

With ``C = C0 - V Vᵀ`` the covariance after the asks so far, one more at entry j with noise v and
answer y gives ``c = C_j / s`` with ``s² = C_jj + v``: the mean moves by ``c (y - u_j) / s`` and c
becomes a column of V, as in a pivoted Cholesky factorisation (Harbrecht, Peters & Schneider 2012).
The prior has the mixture's mean and covariance. Of all linear estimates this one has the least
squared error on average, and that error is what its variance says, whatever the shape of the
mixture. Shapes: ``B`` environments, ``J`` entries of u, ``K`` asks at most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.worlds.search.prior import Prior

_ROUNDING = 1e-10  # of the prior's largest variance: an exact answer is not asked more sharply


@dataclass(slots=True, kw_only=True, eq=False)
class Belief:
    """Changes as environments ask.

    Attributes:
        prior: Before anything was asked.
        mean: Of u, shape ``(B, J)``.
        variance: Shape ``(B, J)``.
        columns: V, shape ``(K, B, J)``; zero where nothing was asked yet.
        asks: Entry that each ask was of, shape ``(K, B)``.
        answers: Shape ``(K, B)``.
        noise: Variance of each answer, shape ``(K, B)``.
        scale: s of each answer, shape ``(K, B)``.
    """

    prior: Prior
    mean: FloatArray
    variance: FloatArray
    columns: FloatArray
    asks: IntArray
    answers: FloatArray
    noise: FloatArray
    scale: FloatArray

    @classmethod
    def of(cls, prior: Prior, count: int, asks: int) -> Belief:
        """So many times the prior."""
        j = len(prior.mean)
        return cls(
            prior=prior,
            mean=np.tile(prior.mean, (count, 1)),
            variance=np.tile(np.diagonal(prior.covariance), (count, 1)),
            columns=np.zeros((asks, count, j)),
            asks=np.zeros((asks, count), dtype=np.int64),
            answers=np.zeros((asks, count)),
            noise=np.zeros((asks, count)),
            scale=np.ones((asks, count)),
        )

    def forget(self, rows: NDArray[np.bool_]) -> None:
        """Begin anew in these environments."""
        self.mean[rows] = self.prior.mean
        self.variance[rows] = np.diagonal(self.prior.covariance)
        self.columns[:, rows] = 0.0

    def learn(
        self,
        rows: IntArray,
        *,
        entry: IntArray,
        answer: FloatArray,
        noise: FloatArray,
        ask: IntArray,
    ) -> None:
        """Take in one answer in each of the environments ``rows``, all of shape ``(len(rows),)``.

        ``ask`` is its number in the episode.
        """
        if not len(rows):
            return
        each = np.arange(len(rows))
        column = self.prior.covariance[entry]
        for known in self.columns[: int(ask.max())]:
            own = known[rows]
            column -= own * own[each, entry][:, None]
        least = _ROUNDING * float(np.diagonal(self.prior.covariance).max())
        scale = np.sqrt(np.maximum(np.maximum(column[each, entry], 0.0) + noise, least))
        column /= scale[:, None]
        surprise = (answer - self.mean[rows, entry]) / scale
        self.mean[rows] += column * surprise[:, None]
        self.variance[rows] = np.maximum(self.variance[rows] - column**2, 0.0)
        self.columns[ask, rows] = column
        self.asks[ask, rows] = entry
        self.answers[ask, rows] = answer
        self.noise[ask, rows] = noise
        self.scale[ask, rows] = scale

    def samples(self, row: int, asked: int, count: int, rng: np.random.Generator) -> FloatArray:
        """What u may be in one environment after so many asks, shape ``(count, J)``.

        Draws of the prior, moved as the mean was: ``u <- u + c (y + e - u_j) / s`` with e the
        noise of an answer (Matheron's rule; Wilson et al. 2021).
        """
        u = self.prior.draws[rng.integers(len(self.prior.draws), size=count)]
        for k in range(asked):
            error = np.sqrt(self.noise[k, row]) * rng.standard_normal(count)
            surprise = self.answers[k, row] - u[:, self.asks[k, row]] - error
            u += np.outer(surprise / self.scale[k, row], self.columns[k, row])
        return u

    def covariance(self, row: int) -> FloatArray:
        """Of one environment, shape ``(J, J)``."""
        own = self.columns[:, row]
        own = own[own.any(axis=1)]
        return self.prior.covariance - own.T @ own
