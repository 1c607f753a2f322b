"""A plane of marks: from places to pixels, with room around them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from qtwin.drawing.sites import Point

PADDING = 34.0
WIDE, HIGH = 620.0, 400.0
MOST_STEP, LEAST_STEP = 64.0, 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Pixels of places.

    Attributes:
        step: Pixels per unit of length.
        width: Of the picture, px.
        height: Of the picture, px.
    """

    step: float
    left: float
    top: float
    width: float
    height: float

    @classmethod
    def around(
        cls,
        places: Sequence[Point],
        *,
        most: float = MOST_STEP,
        least: float = LEAST_STEP,
        padding: float = PADDING,
    ) -> Plane:
        """As large as fits into `WIDE` and `HIGH`, at least ``least`` px per unit."""
        xs, ys = [x for x, _ in places], [y for _, y in places]
        across, down = max(xs) - min(xs), max(ys) - min(ys)
        fits = min(
            (WIDE - 2 * padding) / across if across else math.inf,
            (HIGH - 2 * padding) / down if down else math.inf,
        )
        step = max(least, min(most, fits))
        return cls(
            step=step,
            left=min(xs) - padding / step,
            top=min(ys) - padding / step,
            width=step * across + 2 * padding,
            height=step * down + 2 * padding,
        )

    def at(self, place: Point) -> Point:
        """Pixels of a place."""
        return ((place[0] - self.left) * self.step, (place[1] - self.top) * self.step)
