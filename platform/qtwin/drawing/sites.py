"""Where the sites of a lattice are drawn, in units of the spacing, y downward."""

from __future__ import annotations

import math
from itertools import product

from backends.systems.lattice import Lattice, heavy_hex

Point = tuple[float, float]

ROW = 16
"""Sites in a row of a chain that is too long for one; rows go to and fro."""


def sites(lattice: Lattice) -> list[Point]:
    """One place for each site, in the order of its numbers."""
    size = lattice.sites
    if lattice.geometry == "chain":
        return [_snake(site) for site in range(size)]
    if lattice.geometry == "ring":
        return circle(size)
    if lattice.geometry == "ladder":
        return [(site // 2, site % 2) for site in range(size)]
    if lattice.geometry == "heavy_hex":
        places, _ = heavy_hex(*lattice.shape)
        return [(place[1], 2.0 * place[0] + (len(place) == 3)) for place in places]
    rows, columns = lattice.shape
    if lattice.geometry == "triangular":
        rise = math.sqrt(0.75)
        return [(c + r / 2, rise * r) for r, c in product(range(rows), range(columns))]
    return [(c, r) for r, c in product(range(rows), range(columns))]


def circle(size: int) -> list[Point]:
    """On a circle, neighbours at a distance of 1, from the top and then clockwise."""
    radius = 0.5 / math.sin(math.pi / size) if size > 1 else 0.0
    angles = [2 * math.pi * site / size for site in range(size)]
    return [(radius * math.sin(a), -radius * math.cos(a)) for a in angles]


def _snake(site: int) -> Point:
    row, column = divmod(site, ROW)
    return (column if row % 2 == 0 else ROW - 1 - column, row)
