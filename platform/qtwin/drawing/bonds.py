"""Which atoms of a molecule are joined, by their distances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from qtwin.drawing.radii import bonded
from qtwin.drawing.view import Vector


@dataclass(frozen=True, slots=True)
class Bond:
    """Two atoms by their numbers, the smaller first.

    Attributes:
        length: Their distance, angstrom.
        stretched: They are the nearest of two parts that no bond joins.
    """

    first: int
    second: int
    length: float
    stretched: bool = False


def bonds(elements: Sequence[str], places: Sequence[Vector]) -> list[Bond]:
    """Bonds in order of their atoms, then what joins the parts, each at its shortest distance."""
    pairs = [
        Bond(i, j, math.dist(places[i], places[j])) for i, j in combinations(range(len(places)), 2)
    ]
    found = [b for b in pairs if bonded(elements[b.first], elements[b.second], b.length)]
    part = list(range(len(places)))
    for bond in found:
        _join(part, bond)
    apart = []
    for pair in sorted(pairs, key=lambda pair: pair.length):
        if part[pair.first] != part[pair.second]:
            apart.append(Bond(pair.first, pair.second, pair.length, stretched=True))
            _join(part, pair)
    return found + apart


def _join(part: list[int], bond: Bond) -> None:
    """Give the atoms of two parts one number."""
    old, new = part[bond.second], part[bond.first]
    for atom, number in enumerate(part):
        if number == old:
            part[atom] = new
