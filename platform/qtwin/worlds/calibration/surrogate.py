"""Probabilities as polynomials of the parameters, learned where the data need them.

A sampler asks tens of thousands of times for what an integrator needs milliseconds for. The
dynamics is smooth in its parameters, so a least-squares polynomial of a few hundred exact answers
does (Legendre polynomials on a Sobol design). A `Region` is an ellipsoid of normal scores in which
one holds.
Shapes use ``N`` for draws, ``K`` for scores, ``T`` for terms and ``F`` for outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray

DEGREES = {0: 0, 1: 12, 2: 8, 3: 6, 4: 5, 5: 4}
"""Of a polynomial in some scores; 3 of more."""
OVERSAMPLED = 1.6
HELD_OUT = 0.2
REACH = 3.5
"""Radius of a region in standard deviations; the design fills it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """An ellipsoid ``|root^-1 (z - centre)| <= REACH``."""

    centre: FloatArray
    root: FloatArray

    @classmethod
    def prior(cls, width: int) -> Region:
        """The ball of unit normal scores."""
        return cls(centre=np.zeros(width), root=np.eye(width))

    @classmethod
    def around(cls, scores: FloatArray, *, wider: float) -> Region:
        """That of draws, shape ``(N, K)``, with standard deviations grown by ``wider``."""
        covariance = np.atleast_2d(np.cov(scores, rowvar=False)) + 1e-6 * np.eye(scores.shape[1])
        root = wider * np.linalg.cholesky(covariance)
        return cls(centre=scores.mean(axis=0), root=np.asarray(root, dtype=np.float64))

    def of(self, columns: Sequence[int]) -> Region:
        """Its shadow on some of the coordinates."""
        kept = list(columns)
        covariance = self.root @ self.root.T
        part = np.linalg.cholesky(covariance[np.ix_(kept, kept)])
        return Region(centre=self.centre[kept], root=np.asarray(part, dtype=np.float64))

    def holds(self, scores: FloatArray) -> FloatArray:
        """Whether each draw is inside, shape ``(N,)``."""
        return np.asarray(np.linalg.norm(self.local(scores), axis=1) <= REACH)

    def local(self, scores: FloatArray) -> FloatArray:
        """Coordinates in which the region is a ball, shape ``(N, K)``."""
        return np.asarray(np.linalg.solve(self.root, (scores - self.centre).T).T)

    def design(self, count: int, seed: int) -> FloatArray:
        """Scores that fill it, shape ``(count, K)``: the centre, and a Sobol sequence."""
        from scipy.special import ndtri
        from scipy.stats import chi2, qmc

        width = len(self.centre)
        if width == 0:
            return np.zeros((1, 0))
        power = int(np.ceil(np.log2(max(count, 2))))
        cube = qmc.Sobol(width, seed=seed).random_base2(power)[: count - 1].clip(1e-9, 1 - 1e-9)
        ball = ndtri(cube)
        norms = np.linalg.norm(ball, axis=1)
        # Radii of a normal distribution crowd in the middle; these fill the ball evenly.
        even = REACH * chi2.cdf(norms**2, width) ** (1 / max(width, 2))
        ball *= np.divide(even, norms, out=np.zeros_like(norms), where=norms > 0)[:, None]
        return np.asarray(np.concatenate([self.centre[None], self.centre + ball @ self.root.T]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Polynomial:
    """Least squares in a region, of outputs that may vanish with a factor.

    Attributes:
        weights: Shape ``(T, F)``.
        error: Root mean square at held-out points, shape ``(F,)``.
    """

    region: Region
    degree: int
    weights: FloatArray
    error: FloatArray

    @classmethod
    def fit(
        cls, region: Region, scores: FloatArray, answers: FloatArray, degree: int, factor: Any = 1.0
    ) -> Polynomial:
        """To exact answers, shape ``(N, F)``; those that are held out are put in at the end.

        Args:
            factor: What the answers are proportional to, shape ``(N,)`` or a number.
        """
        basis = _basis(region.local(scores), degree) * _column(factor)
        held = np.zeros(len(scores), dtype=bool)
        held[1 :: int(1 / HELD_OUT)] = len(scores) > 1
        weights = _solved(basis[~held], answers[~held])
        missed = basis[held] @ weights - answers[held]
        error = np.sqrt(np.mean(missed**2, axis=0)) if held.any() else np.zeros(answers.shape[1])
        return cls(
            region=region, degree=degree, weights=_solved(basis, answers), error=np.asarray(error)
        )

    def __call__(self, scores: FloatArray, factor: Any = 1.0) -> FloatArray:
        """Outputs, shape ``(N, F)``, of scores ``(N, K)``."""
        basis = _basis(self.region.local(scores), self.degree) * _column(factor)
        return np.asarray(basis @ self.weights)


def degree_of(width: int) -> int:
    """Of a polynomial in ``width`` scores."""
    return DEGREES.get(width, 3)


def size_of_design(width: int, degree: int) -> int:
    """Exact answers that a polynomial needs."""
    return 1 if width == 0 else int(OVERSAMPLED * len(_powers(width, degree))) + 4


def _powers(width: int, degree: int) -> Sequence[tuple[int, ...]]:
    """The factors of each term, by their columns."""
    return [
        chosen
        for total in range(degree + 1)
        for chosen in combinations_with_replacement(range(width), total)
    ]


def _basis(local: FloatArray, degree: int) -> FloatArray:
    """Products of Legendre polynomials of coordinates over `REACH`, shape ``(N, T)``."""
    scaled = local / REACH
    columns = [np.ones_like(scaled), scaled]
    for k in range(1, degree):
        columns.append(((2 * k + 1) * scaled * columns[k] - k * columns[k - 1]) / (k + 1))
    terms = []
    for chosen in _powers(local.shape[1], degree):
        term = np.ones(len(local))
        for column in set(chosen):
            term = term * columns[chosen.count(column)][:, column]
        terms.append(term)
    return np.stack(terms, axis=1)


def _column(factor: Any) -> Any:
    return np.reshape(factor, (-1, 1))


def _solved(basis: FloatArray, answers: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.lstsq(basis, answers, rcond=None)[0])
