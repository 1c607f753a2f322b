"""Drawn curves as piecewise cubics, with extrema, crossings and areas in closed form.

A draw is known by value and slope at the points of a grid, so each interval is a cubic Hermite
polynomial. Between the points the truth departs from it by ``O(h^2.5)`` in mean square, the
smoothness of Matérn-5/2, so positions are far finer than the grid.
Shapes: ``S`` draws, ``M`` grid points, ``I`` = M - 1 intervals.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray

_HALVINGS = 50


@dataclass(frozen=True, kw_only=True, eq=False)
class Curves:
    """Draws of a function of one control.

    Attributes:
        x: Increasing grid with even steps, shape ``(M,)``.
        value: Shape ``(S, M)``.
        slope: Shape ``(S, M)``.
    """

    x: FloatArray
    value: FloatArray
    slope: FloatArray

    def __sub__(self, other: Curves | float) -> Curves:
        """The curves above those of another set on the same grid, or above a level."""
        if not isinstance(other, Curves):
            return Curves(x=self.x, value=self.value - other, slope=self.slope)
        return Curves(x=self.x, value=self.value - other.value, slope=self.slope - other.slope)

    @property
    def step(self) -> float:
        """Spacing h of the grid."""
        return float(self.x[1] - self.x[0])

    @cached_property
    def cubic(self) -> FloatArray:
        """``c`` of ``Σ c_k s^k`` with s from 0 to 1 in each interval, shape ``(4, S, I)``."""
        f0, f1 = self.value[:, :-1], self.value[:, 1:]
        d0, d1 = self.step * self.slope[:, :-1], self.step * self.slope[:, 1:]
        rise = f1 - f0
        return np.array([f0, d0, 3.0 * rise - 2.0 * d0 - d1, d0 + d1 - 2.0 * rise])

    @cached_property
    def turns(self) -> FloatArray:
        """Where in each interval the slope vanishes, sorted; 1 where not; shape ``(2, S, I)``."""
        _, linear, square, cube = self.cubic
        a, half, c = 3.0 * cube, square, linear
        inside = half**2 - a * c
        far = -(half + np.copysign(np.sqrt(np.maximum(inside, 0.0)), half))  # stable: no cancelling
        with np.errstate(divide="ignore", invalid="ignore"):
            roots = np.array([far / a, c / far])
        good = (inside > 0.0) & (roots > 0.0) & (roots < 1.0)
        found: FloatArray = np.sort(np.where(good, roots, 1.0), axis=0)
        return found

    def at(self, s: FloatArray) -> FloatArray:
        """Value at ``s`` of each interval, shape ``(..., S, I)``."""
        return _cubic(self.cubic, s)

    def look(self, x: FloatArray) -> FloatArray:
        """Value of each draw at its own point, NaN where that is; shape ``(S,)``."""
        steps = np.nan_to_num((x - self.x[0]) / self.step)
        interval = np.clip(steps.astype(np.int64), 0, len(self.x) - 2)
        s = (x - self.x[interval]) / self.step
        c = self.cubic[:, np.arange(len(x)), interval]
        return _cubic(c, s)

    def minimum(self) -> tuple[FloatArray, FloatArray]:
        """Least value of each draw and where it is, each shape ``(S,)``."""
        inner, place = self.at(self.turns), self.x[:-1] + self.step * self.turns
        values = np.concatenate([self.value, *inner], axis=1)
        places = np.concatenate([np.broadcast_to(self.x, self.value.shape), *place], axis=1)
        rows, best = np.arange(len(values)), values.argmin(axis=1)
        return values[rows, best], places[rows, best]

    def maximum(self) -> tuple[FloatArray, FloatArray]:
        """Largest value of each draw and where it is, each shape ``(S,)``."""
        value, place = Curves(x=self.x, value=-self.value, slope=-self.slope).minimum()
        return -value, place

    def area(self) -> FloatArray:
        """Integral over the grid, exact for the cubics, shape ``(S,)``."""
        weights = 1.0 / np.arange(1, 5)
        area: FloatArray = self.step * np.einsum("k,ksi->s", weights, self.cubic)
        return area

    def crossings(self, sign: int) -> tuple[FloatArray, IntArray]:
        """Zeros of each draw: the first one, NaN where there is none, and how many there are.

        Args:
            sign: 1 counts those where the curve rises, -1 where it falls, 0 both.

        Returns:
            Position and number, each shape ``(S,)``.
        """
        ends = np.concatenate(
            [np.zeros((1, *self.turns.shape[1:])), self.turns, np.ones((1, *self.turns.shape[1:]))]
        )
        value = self.at(ends)
        value[0], value[-1] = self.value[:, :-1], self.value[:, 1:]
        above = value >= 0.0
        rises, falls = ~above[:-1] & above[1:], above[:-1] & ~above[1:]
        wanted = {1: rises, -1: falls, 0: rises | falls}[sign]
        piece, draw, interval = np.nonzero(wanted)
        s = self._bisect(ends, piece, draw, interval)
        first = np.full(len(self.value), np.inf)
        np.minimum.at(first, draw, self.x[interval] + self.step * s)
        first[np.isinf(first)] = np.nan
        return first, np.bincount(draw, minlength=len(first)).astype(np.int64)

    def _bisect(
        self, ends: FloatArray, piece: IntArray, draw: IntArray, interval: IntArray
    ) -> FloatArray:
        """The zero in each monotone piece that changes sign."""
        low, high = ends[piece, draw, interval], ends[piece + 1, draw, interval]
        c = self.cubic[:, draw, interval]
        rising = _cubic(c, low) < 0.0
        for _ in range(_HALVINGS):
            s = 0.5 * (low + high)
            before = (_cubic(c, s) < 0.0) == rising
            low, high = np.where(before, s, low), np.where(before, high, s)
        middle: FloatArray = 0.5 * (low + high)
        return middle


def _cubic(c: FloatArray, s: FloatArray) -> FloatArray:
    value: FloatArray = c[0] + s * (c[1] + s * (c[2] + s * c[3]))
    return value
