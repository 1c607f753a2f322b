"""Basis states in which conserved numbers have their values."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from backends.systems.qubit_system import Sector

Indices = NDArray[np.int64]

MAX_QUBITS = 60
"""Basis states are 64-bit integers."""


def dimension(qubits: int, sector: Sector) -> int:
    """How many basis states `states` gives; an upper bound where masks overlap."""
    used, size = 0, 1
    for mask, count in sector:
        if not mask & used:
            size *= comb(mask.bit_count(), count)
            used |= mask
    return size << (qubits - used.bit_count())


def states(qubits: int, sector: Sector) -> Indices:
    """Basis states with as many ones as the sector says, ascending; all of them if it is empty."""
    used, found = 0, np.zeros(1, dtype=np.int64)
    for mask, count in sector:
        if not mask & used:
            found = np.bitwise_or.outer(found, _subsets(mask, count)).reshape(-1)
            used |= mask
    free = (1 << qubits) - 1 & ~used
    if free:
        found = np.bitwise_or.outer(found, _all_subsets(free)).reshape(-1)
    for mask, count in sector:
        found = found[np.bitwise_count(found & mask) == count]
    return np.sort(found)


def _subsets(mask: int, count: int) -> Indices:
    """Numbers with so many of the bits of a mask."""
    bits = [1 << q for q in range(mask.bit_length()) if mask >> q & 1]
    return np.array([sum(chosen) for chosen in combinations(bits, count)], dtype=np.int64)


def _all_subsets(mask: int) -> Indices:
    """Numbers with any of the bits of a mask."""
    found = np.zeros(1, dtype=np.int64)
    for qubit in range(mask.bit_length()):
        if mask >> qubit & 1:
            found = np.concatenate([found, found | 1 << qubit])
    return found
