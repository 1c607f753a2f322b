"""A fitted ladder: predicts the truth with its error budget. Needs numpy only.

Shapes: ``N`` sites, ``M`` query points.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from qtwin.fusion.ar1.correlation import MATERN, Correlation
from qtwin.fusion.ar1.ladder import Ladder, ladder_of
from qtwin.fusion.ar1.levels import Levels
from qtwin.fusion.base import FloatArray
from qtwin.fusion.budget import Terms, noise_variance, pull_of
from qtwin.fusion.codec import read_fit
from qtwin.fusion.kernel import squared_differences
from qtwin.fusion.mixture import MixtureFit


@dataclass(frozen=True, kw_only=True, eq=False)
class Ar1Fit(MixtureFit):
    """The posterior of the ladder; implements ``Surrogate``.

    In its budget ``bias:<source>`` is what a level adds to that source, the one below it, and
    ``epistemic`` what is open of the lowest.
    """

    model: ClassVar[str] = "ar1"
    correlation: ClassVar[Correlation] = MATERN

    @property
    def names(self) -> tuple[str, ...]:
        """Of the hyperparameters."""
        return self._ladder.names

    @cached_property
    def _ladder(self) -> Ladder:
        return ladder_of(self.sites, self.correlation)

    def _terms(self, points: FloatArray) -> tuple[list[Terms], list[FloatArray]]:
        squares = squared_differences(self.sites.x, points)
        samples = zip(self.factors.theta, self.factors.root, self.factors.alpha, strict=True)
        split = [
            self._split(self._ladder.of(theta), squares, root, alpha)
            for theta, root, alpha in samples
        ]
        return [terms for terms, _ in split], [weights for _, weights in split]

    def _split(
        self, levels: Levels, squares: FloatArray, root: FloatArray, alpha: FloatArray
    ) -> tuple[Terms, FloatArray]:
        """Prediction of one sample, and its weights ``c`` of shape ``(N, M)``."""
        ladder, top = self._ladder, levels.weights[-1]
        w = levels.weights[ladder.level]
        each = [
            top[j] * w[:, j, None] * levels.kernel(j, squares) for j in range(len(top))
        ]  # covariance of the sites with what level j gives the truth
        cross = sum(each, np.zeros(squares.shape[1:]))
        c = root.T @ (root @ cross)
        variance = {"epistemic": np.zeros(c.shape[1])}
        variance |= {f"bias:{name}": np.zeros(c.shape[1]) for name in ladder.sources[:-1]}
        for j, part in enumerate(each):
            own = np.outer(w[:, j], w[:, j]) * levels.kernel(j, ladder.squares)
            left = top[j] ** 2 * levels.variance(j) + np.einsum("nm,nm->m", c, own @ c - 2 * part)
            cause = f"bias:{ladder.sources[j - 1]}" if j else "epistemic"
            variance[cause] = variance[cause] + np.maximum(left, 0.0)
        variance |= noise_variance(self.sites, levels.jitter, c)
        pull = pull_of(self.sites, c * cross)
        return Terms(mean=alpha @ cross, variance=variance, pull=pull), c


def load_ar1(blob: bytes) -> Ar1Fit:
    """Read what ``Ar1Fit.to_bytes`` wrote.

    Raises:
        ValueError: The archive has another schema version or other hyperparameters, or is no
            archive of a fit.
    """
    return read_fit(blob, Ar1Fit)
