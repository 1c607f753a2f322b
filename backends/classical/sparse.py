"""Matrices of Pauli sums on some basis states, and the blocks that they do not couple.

A word ``i^|x & z| X^x Z^z`` moves each basis state ``b`` to ``b ^ x``; words with one ``x`` are
added up before anything is stored. Shapes use ``B`` for basis states and ``K`` for state vectors.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.classical.basis import Indices
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum
from backends.systems.projector import Measurable, Projector

CANCELLED = 1e-13
"""Matrix elements below this, relative to the largest coefficient, are rounding of a zero."""

Vectors = NDArray[Any]


def matrix(operator: PauliSum, basis: Indices) -> Any:
    """SciPy CSR array of shape ``(B, B)``; real where every word has an even number of Y.

    Elements that lead out of the basis are left out: the operator conserves what the basis fixes.
    """
    from scipy.sparse import csr_array

    floor = CANCELLED * max(map(abs, operator.terms.values()), default=0.0)
    rows, columns, entries = [], [], []
    for flip, values in _flips(operator, basis):
        kept = np.flatnonzero(np.abs(values) > floor)
        places, inside = _places(basis, basis[kept] ^ flip)
        rows.append(places[inside].astype(np.int32))
        columns.append(kept[inside].astype(np.int32))
        entries.append(values[kept[inside]])
    shape = (len(basis), len(basis))
    if not entries:
        return csr_array(shape, dtype=np.float64)
    found = (np.concatenate(rows), np.concatenate(columns))
    return csr_array((np.concatenate(entries), found), shape=shape)


def means(operator: Measurable, basis: Indices, vectors: Vectors) -> FloatArray:
    """Mean of an operator in each of some states, shape ``(K,)``.

    Args:
        basis: Ascending, shape ``(B,)``; the states have no part outside.
        vectors: Normalised columns, shape ``(B, K)``.
    """
    total = np.zeros(vectors.shape[1])
    if isinstance(operator, Projector):
        places, inside = _places(basis, np.array([operator.bits]))
        total += np.abs(vectors[places[0]]) ** 2 * inside[0]
        return total
    for flip, values in _flips(operator, basis):
        if flip:
            places, inside = _places(basis, basis ^ flip)
            to, start = vectors[places[inside]], values[inside, None] * vectors[inside]
        else:
            to, start = vectors, values[:, None] * vectors
        total += np.einsum("bk,bk->k", to.conj(), start).real
    return total


def diagonal(operator: Measurable, basis: Indices) -> FloatArray:
    """Mean of an operator in each basis state, shape ``(B,)``."""
    if isinstance(operator, Projector):
        return np.where(basis == operator.bits, 1.0, 0.0)
    still = {word: c for word, c in operator.terms.items() if not word.x}
    total = np.zeros(len(basis))
    for _, values in _flips(PauliSum(operator.qubits, still), basis):
        total += values.real
    return total


def blocks(hamiltonian: Any) -> tuple[Indices, Iterator[Indices]]:
    """Places that the matrix leaves alone, and its other connected sets.

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
    if len(block) == operator.shape[0]:
        return operator
    return operator[block][:, block]


def _flips(operator: PauliSum, basis: Indices) -> Iterator[tuple[int, Vectors]]:
    """Each ``x`` with what its words together multiply each basis state by, shape ``(B,)``."""
    flips: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for word, coefficient in operator.terms.items():
        flips[word.x].append((word.z, coefficient))
    real = all(not (word.x & word.z).bit_count() & 1 for word in operator.terms)
    for flip, words in flips.items():
        values = np.zeros(len(basis), dtype=np.float64 if real else np.complex128)
        for z, coefficient in words:
            turn = 1j ** ((flip & z).bit_count() % 4)
            signs = 1 - 2 * (np.bitwise_count(basis & z) & 1).astype(np.int8)
            values += coefficient * (turn.real if real else turn) * signs
        yield flip, values


def _places(basis: Indices, wanted: Indices) -> tuple[Indices, NDArray[np.bool_]]:
    """Where basis states stand in the basis, and which of them are in it."""
    if basis[-1] - basis[0] == len(basis) - 1:
        places = wanted - basis[0]
        within = (places >= 0) & (places < len(basis))
        return np.where(within, places, 0), within
    places = np.minimum(np.searchsorted(basis, wanted), len(basis) - 1)
    return places, basis[places] == wanted
