"""Which basis states span the subspace, from how often each was read.

Where numbers are conserved, a basis state is put together from one bit string for each conserved
number: those of the electrons of either spin. As in Robledo-Moreno et al. (arXiv:2405.05068), all
combinations of the strings that were read span the subspace, and where both spins have as many
electrons either string is one of both. Shapes use ``B`` for different basis states.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from backends.classical.basis import Indices
from backends.schema.experiment import FloatArray
from backends.systems.qubit_system import Sector


def read(counts: Mapping[str, int]) -> tuple[Indices, Indices]:
    """Basis states and how often each was read, shape ``(B,)`` each."""
    states = np.array([int(bits, 2) for bits in counts], dtype=np.int64)
    return states, np.array([*counts.values()], dtype=np.int64)


def belongs(states: Indices, sector: Sector) -> np.ndarray:
    """Which basis states have the conserved numbers, shape ``(B,)``."""
    kept = np.ones(len(states), dtype=bool)
    for mask, count in sector:
        kept &= np.bitwise_count(states & mask) == count
    return kept


def chosen(states: Indices, weights: FloatArray | Indices, most: int | None) -> Indices:
    """The basis states with the largest weights, at most so many, ascending."""
    order = np.lexsort((states, -weights))
    return np.sort(states[order[:most]])


def products(
    states: Indices, weights: FloatArray | Indices, sector: Sector, most: int | None
) -> Indices:
    """All combinations of an up and a down string of the basis states, ascending.

    Args:
        sector: Of both spins; the mask of spin down is that of spin up, shifted.
        most: Combinations; strings are taken in the order of the weights until they are too many.
    """
    (up_mask, ups), (down_mask, downs) = sector
    shift = down_mask.bit_length() - up_mask.bit_length()
    order = np.lexsort((states, -weights))
    up, down = states[order] & up_mask, (states[order] & down_mask) >> shift
    if ups == downs:
        up = down = np.stack([up, down], axis=1).ravel()
    up, down = _first(up), _first(down)
    if most is not None and len(up) * len(down) > most:
        up, down = _fewer(up, down, most)
    return np.sort(np.bitwise_or.outer(up, down << shift).ravel())


def _first(strings: Indices) -> Indices:
    """Different strings in the order of their first appearance."""
    found, places = np.unique(strings, return_index=True)
    return found[np.argsort(places)]


def _fewer(up: Indices, down: Indices, most: int) -> tuple[Indices, Indices]:
    """As many of both as `most` combinations allow, one more of each at a time."""
    a = b = 1
    while True:
        more_a, more_b = min(a + 1, len(up)), min(b + 1, len(down))
        if more_a * more_b > most:
            return up[:a], down[:b]
        a, b = more_a, more_b
