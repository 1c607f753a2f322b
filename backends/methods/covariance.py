"""Covariances of the statistical errors of many points and observables.

Observables of a point come from the same shots. Points share shots only where something is measured
once for several of them, such as the calibration of a readout. With independent causes ``k`` of
what they share,

    C[(p, o), (q, u)] = delta_pq own[p, o, u] + sum_k shared[p, o, k] shared[q, u, k]

Shapes use ``P`` for points, ``O`` for observables and ``K`` for causes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from backends.schema.experiment import FloatArray
from backends.schema.shots import ShotBlock

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Covariance:
    """See the formula above.

    Attributes:
        own: Shape ``(P, O, O)``; NaN where it is unknown.
        shared: Shape ``(P, O, K)``.
    """

    own: FloatArray
    shared: FloatArray

    @classmethod
    def of_points(cls, own: FloatArray) -> Self:
        """Points that share nothing."""
        return cls(own=own, shared=np.zeros((*own.shape[:2], 0)))

    @classmethod
    def zeros(cls, points: int, observables: int) -> Self:
        return cls.of_points(np.zeros((points, observables, observables)))

    @classmethod
    def unknown(cls, points: int, observables: int) -> Self:
        return cls.of_points(np.full((points, observables, observables), np.nan))

    @classmethod
    def assembled(cls, parts: Sequence[tuple[Sequence[int], Self]], shape: tuple[int, int]) -> Self:
        """Of a table of shape ``(P, O)``, from independent parts at different rows of it."""
        whole = cls.unknown(*shape)
        shared = [whole.shared]
        for rows, part in parts:
            whole.own[rows] = part.own
            if len(rows) == 1:  # nobody to share with
                whole.own[rows] += part.shared @ part.shared.swapaxes(1, 2)
            else:
                shared.append(np.zeros((*shape, part.shared.shape[2])))
                shared[-1][rows] = part.shared
        return replace(whole, shared=np.concatenate(shared, axis=2))

    @property
    def variances(self) -> FloatArray:
        """Shape ``(P, O)``."""
        own = np.einsum("poo->po", self.own)
        total: FloatArray = own + (self.shared**2).sum(axis=2)
        return total

    def scaled(self, factors: FloatArray | float) -> Self:
        """Of the errors times some factors, each of shape ``(P, O)``, ``(O,)`` or one for all."""
        each = np.broadcast_to(factors, self.own.shape[:2])
        return replace(
            self,
            own=self.own * each[:, :, None] * each[:, None, :],
            shared=self.shared * each[:, :, None],
        )

    def plus(self, *others: Self) -> Self:
        """Of the sums of independent errors."""
        parts = (self, *others)
        return replace(
            self,
            own=np.sum([one.own for one in parts], axis=0),
            shared=np.concatenate([one.shared for one in parts], axis=2),
        )

    def at_least(self, variances: FloatArray) -> Self:
        """With these variances, shape ``(P, O)``, where they are larger.

        What they have more counts as independent between observables and points.
        """
        own = self.own.copy()
        np.einsum("poo->po", own)[...] += np.maximum(variances - self.variances, 0.0)
        return replace(self, own=own)

    def blocks(self, std_errors: FloatArray) -> tuple[ShotBlock, ...]:
        """One block for the numbers that share shots; none for a number that shares with nobody.

        Args:
            std_errors: Of the numbers, shape ``(P, O)``; those without an error, and those whose
                covariance is unknown, are in no block.
        """
        known = np.isfinite(self.own.reshape(len(self.own), -1)).all(axis=1, keepdims=True)
        random: BoolArray = np.logical_and(known, np.nan_to_num(std_errors) > 0)
        first = self._first_rows(random)
        order = np.argsort(first, kind="stable")
        found = []
        for members in np.split(order, np.flatnonzero(np.diff(first[order])) + 1):
            places, columns = np.nonzero(random[members])
            rows = members[places]
            if len(rows) > 1:
                found.append(
                    ShotBlock(
                        rows=tuple(rows.tolist()),
                        columns=tuple(columns.tolist()),
                        covariance=self._block(rows, columns, std_errors),
                    )
                )
        return tuple(found)

    def _first_rows(self, random: BoolArray) -> IntArray:
        """The first of the points that each point shares with, shape ``(P,)``."""
        first = np.arange(len(random))
        sharing = ((self.shared != 0) & random[:, :, None]).any(axis=1)
        for rows in sharing.T:
            if rows.any():
                first[np.isin(first, first[rows])] = first[rows].min()
        return first

    def _block(self, rows: IntArray, columns: IntArray, std_errors: FloatArray) -> FloatArray:
        shared = self.shared[rows, columns]
        own = self.own[rows[:, None], columns[:, None], columns]
        covariance: FloatArray = shared @ shared.T + np.where(rows[:, None] == rows, own, 0.0)
        covariance = 0.5 * (covariance + covariance.T)
        np.fill_diagonal(covariance, std_errors[rows, columns] ** 2)
        return covariance
