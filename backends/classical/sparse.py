"""Sparse matrices of Pauli sums, and the blocks that they do not couple."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.systems.projector import Measurable, Projector

CANCELLED = 1e-13
"""Matrix elements below this, relative to the largest coefficient, are rounding of a zero."""

Indices = NDArray[np.int64]


def matrix(operator: Measurable) -> Any:
    """SciPy CSR array of shape ``(2**n, 2**n)``; real where every word has an even number of Y."""
    from scipy.sparse import csr_array

    if isinstance(operator, Projector):
        place = ([operator.bits], [operator.bits])
        return csr_array(([1.0], place), shape=(2**operator.qubits, 2**operator.qubits))
    index = np.arange(2**operator.qubits, dtype=np.int64)
    flips: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for word, coefficient in operator.terms.items():
        flips[word.x].append((word.z, coefficient))
    real = all(not (word.x & word.z).bit_count() & 1 for word in operator.terms)
    floor = CANCELLED * max(map(abs, operator.terms.values()), default=0.0)
    rows, columns, entries = [], [], []
    for flip, words in flips.items():
        values = np.zeros(len(index), dtype=np.float64 if real else np.complex128)
        for z, coefficient in words:
            turn = 1j ** ((flip & z).bit_count() % 4)
            signs = 1 - 2 * (np.bitwise_count(index & z) & 1).astype(np.int8)
            values += coefficient * (turn.real if real else turn) * signs
        kept = np.abs(values) > floor
        rows.append(index[kept] ^ flip)
        columns.append(index[kept])
        entries.append(values[kept])
    if not entries:
        return csr_array((len(index), len(index)), dtype=np.float64)
    places = (np.concatenate(rows), np.concatenate(columns))
    return csr_array((np.concatenate(entries), places), shape=(len(index), len(index)))


def blocks(hamiltonian: Any) -> tuple[Indices, Iterator[Indices]]:
    """Basis states that the matrix leaves alone, and its other connected sets.

    These are the symmetry sectors that are diagonal in the computational basis (conserved
    magnetisation, numbers of particles), found from the matrix itself.
    """
    from scipy.sparse.csgraph import connected_components

    count, member = connected_components(abs(hamiltonian), directed=False)
    order = np.argsort(member, kind="stable")
    sizes = np.bincount(member, minlength=count)
    ends = np.cumsum(sizes)
    alone = np.sort(order[(ends - sizes)[sizes == 1]])
    many = (order[end - size : end] for size, end in zip(sizes, ends, strict=True) if size > 1)
    return alone, many


def inside(operator: Any, block: Indices) -> Any:
    """The part of a matrix that stays within a block."""
    return operator[block][:, block]
