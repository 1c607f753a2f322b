"""How likely the data are, with room for what the model leaves out.

``y = m(theta) + delta + e``: statistical errors ``e`` of known covariance ``S``, and a discrepancy
``delta`` of unknown size ``tau`` (Kennedy and O'Hagan, J. R. Statist. Soc. B 63, 425 (2001)), for
each observable a process over the controls of covariance ``tau**2 K``. A model that is wrong makes
``tau`` large and its parameters uncertain. With ``S = L L'`` and ``L^-1 K L'^-1 = U diag(l) U'``
the marginal likelihood needs one rotation and then sums only. Shapes use ``N`` for draws, ``R`` for
numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.worlds.calibration.statistics import Statistics

LENGTH = 0.3
"""Over which a discrepancy changes, as a share of each control's range."""
ALONE = 0.5
"""Share of its variance that is not shared with any other setting."""
TAU = 0.003
"""Half of all discrepancies are smaller, before any data, as a share of an observable's span."""
LEAST_TAU = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Likelihood:
    """Of one set of numbers.

    Attributes:
        observed: Shape ``(R,)``.
        turn: ``U' L^-1``, shape ``(R, R)``.
        grown: ``l``, shape ``(R,)``.
        constant: ``-(log det S + R log 2 pi) / 2``.
    """

    observed: FloatArray
    turn: FloatArray
    grown: FloatArray
    constant: float

    @classmethod
    def of(
        cls, statistics: Statistics, covariance: FloatArray, points: FloatArray, bounds: FloatArray
    ) -> Likelihood:
        """For statistical errors of a covariance, shape ``(R, R)``.

        Args:
            points: Settings of the controls, shape ``(P, C)``.
            bounds: Of the controls, shape ``(C, 2)``.
        """
        lower = np.linalg.cholesky(covariance)
        inverse = np.linalg.inv(lower)
        kernel = _kernel(statistics, points, bounds)
        grown, axes = np.linalg.eigh(inverse @ kernel @ inverse.T)
        return cls(
            observed=statistics.observed,
            turn=axes.T @ inverse,
            grown=grown.clip(0.0),
            constant=-float(np.log(np.diag(lower)).sum() + len(lower) * np.log(2 * np.pi) / 2),
        )

    def __call__(self, means: FloatArray, tau: FloatArray) -> FloatArray:
        """Logarithms, shape ``(N,)``, of expected numbers ``(N, R)`` and discrepancies ``(N,)``."""
        turned = (self.observed - means) @ self.turn.T
        sizes = 1.0 + tau[:, None] ** 2 * self.grown
        found: FloatArray = -0.5 * np.sum(turned**2 / sizes + np.log(sizes), axis=1)
        return found + self.constant

    def misfit(self, means: FloatArray) -> FloatArray:
        """``chi**2`` of statistical errors alone, shape ``(N,)``."""
        turned = (self.observed - means) @ self.turn.T
        return np.asarray(np.sum(turned**2, axis=1))


def discrepancy(scores: FloatArray) -> FloatArray:
    """``tau`` from normal scores, half-Cauchy of median `TAU`, both shape ``(N,)``."""
    from scipy.special import ndtr

    share = ndtr(np.clip(scores, -8.0, 8.0))
    return np.asarray(LEAST_TAU + TAU * np.tan(np.pi / 2 * share))


def _kernel(statistics: Statistics, points: FloatArray, bounds: FloatArray) -> FloatArray:
    """``K``, shape ``(R, R)``, in squares of the observables' spans."""
    ranges = np.where(bounds[:, 1] > bounds[:, 0], bounds[:, 1] - bounds[:, 0], 1.0)
    placed = (points / ranges)[statistics.places]
    squares = np.sum((placed[:, None, :] - placed[None, :, :]) ** 2, axis=2)
    near = (1 - ALONE) * np.exp(-0.5 * squares / LENGTH**2)
    near += ALONE * (statistics.places[:, None] == statistics.places[None, :])
    same = statistics.kinds[:, None] == statistics.kinds[None, :]
    return np.asarray(np.where(same, near, 0.0) * np.outer(statistics.spans, statistics.spans))
