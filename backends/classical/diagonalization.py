"""Lowest levels of a Pauli sum, block by block: dense where small, else Lanczos (ARPACK).

A Krylov space holds one state of each degenerate level, and finds others by rounding only. Lanczos
is therefore repeated outside of what it found until nothing lower appears, so that the levels of a
block below the last one that is kept, and how often each occurs, are complete.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.classical.basis import Indices
from backends.classical.sparse import Vectors, blocks, diagonal, inside, matrix, means
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum
from backends.systems.projector import Measurable

MAX_DENSE = 1024
MAX_STATES = 2**20
LEVELS = 8
MOST_LEVELS = 128
"""In a block, before Lanczos is given up."""
DEGENERATE = 1e-9
"""Levels closer than this, relative to the energy scale, are one level."""


class NotConverged(Exception):
    """Lanczos did not converge, or found too few levels."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Eigenstates within one block of ``B`` basis states.

    Attributes:
        basis: Its basis states, ascending, shape ``(B,)``.
        levels: Ascending, shape ``(K,)``.
        states: Orthonormal columns, shape ``(B, K)``; None for basis states of their own.
    """

    basis: Indices
    levels: FloatArray
    states: Vectors | None

    @property
    def complete(self) -> bool:
        """Whether every level of the block was found."""
        return len(self.levels) == len(self.basis)

    def means(self, operator: Measurable, count: int | None = None) -> FloatArray:
        """Mean of an operator in the first ``count`` eigenstates, or in each."""
        if self.states is None:
            return diagonal(operator, self.basis)[:count]
        return means(operator, self.basis, self.states[:, :count])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spectrum:
    """The lowest levels of a Hamiltonian, or all of them."""

    blocks: Sequence[Block]

    @property
    def levels(self) -> FloatArray:
        """Every level that was found, ascending."""
        return np.sort(np.concatenate([block.levels for block in self.blocks]))

    @property
    def energy(self) -> float:
        """The ground level."""
        return float(min(block.levels.min() for block in self.blocks))

    @property
    def same(self) -> float:
        """Levels closer than this are one."""
        levels = self.levels
        return DEGENERATE * max(1.0, float(np.abs(levels[[0, -1]]).max()))

    @property
    def reach(self) -> float:
        """Up to here all levels are known."""
        ends = [float(block.levels.max()) for block in self.blocks if not block.complete]
        return min(ends, default=np.inf)

    @property
    def distinct(self) -> FloatArray:
        """The different levels, ascending."""
        levels = self.levels
        distinct: FloatArray = levels[np.concatenate([[True], np.diff(levels) > self.same])]
        return distinct

    def level(self, number: int) -> float:
        """The ``number``-th different level above the ground level (0).

        Raises:
            NotConverged: So many were not found.
        """
        distinct = self.distinct
        if number >= len(distinct) or distinct[number] > self.reach + self.same:
            raise NotConverged
        return float(distinct[number])

    @property
    def gap(self) -> float:
        """From the ground level to the next different one; 0 cannot occur."""
        return self.level(1) - self.level(0)

    @property
    def degeneracy(self) -> int:
        """Dimension of the ground space."""
        levels = self.levels
        return int(np.sum(levels - levels[0] <= self.same))

    def expectation(self, operator: Measurable) -> float:
        """Mean of an operator, averaged over the ground space."""
        top, kept = self.energy + self.same, []
        for block in self.blocks:
            if block.states is None:
                kept.append(block.means(operator)[block.levels <= top])
            else:
                kept.append(block.means(operator, int(np.sum(block.levels <= top))))
        return float(np.concatenate(kept).mean())

    def ground_state(self) -> tuple[Vectors, Indices] | None:
        """Ground state, shape ``(B,)``, and its basis states; None where it is degenerate."""
        if self.degeneracy > 1:
            return None
        block = min(self.blocks, key=lambda block: block.levels.min())
        if block.states is None:
            lowest = int(np.argmin(block.levels))
            return np.ones(1), block.basis[lowest : lowest + 1]
        return block.states[:, 0], block.basis


def lowest_levels(
    hamiltonian: PauliSum, basis: Indices, *, wanted: int = 2, seed: int = 0
) -> Spectrum:
    """Diagonalise for the lowest levels of each block of some basis states.

    Args:
        wanted: How many different levels. All but the last are found as often as they occur; one
            level is the ground level alone, not necessarily all of its states.

    Raises:
        NotConverged: Lanczos gave up.
    """
    found = []
    for block, part in _parts(hamiltonian, basis):
        if part is None:
            found.append(Block(block, diagonal(hamiltonian, block), None))
        elif len(block) <= MAX_DENSE:
            found.append(Block(block, *np.linalg.eigh(part.toarray())))
        else:
            start = np.random.default_rng(seed).standard_normal((2, len(block)))
            levels, states = _lanczos(part, LEVELS if wanted > 1 else 1, start[0])
            if wanted > 1:
                levels, states = _completed(part, levels, states, start[1], wanted)
            found.append(Block(block, levels, states))
    return Spectrum(blocks=found)


def all_levels(hamiltonian: PauliSum, basis: Indices) -> Spectrum:
    """Diagonalise completely."""
    found = []
    for block, part in _parts(hamiltonian, basis):
        if part is None:
            found.append(Block(block, diagonal(hamiltonian, block), None))
        else:
            found.append(Block(block, *np.linalg.eigh(part.toarray())))
    return Spectrum(blocks=found)


def _parts(hamiltonian: PauliSum, basis: Indices) -> list[tuple[Indices, Any]]:
    """Basis states and matrix of each block; None for the basis states that stand alone."""
    whole = matrix(hamiltonian, basis)
    alone, many = blocks(whole)
    lonely = [(basis[alone], None)] if len(alone) else []
    return lonely + [(basis[block], inside(whole, block)) for block in many]


def _lanczos(part: Any, count: int, start: FloatArray) -> tuple[FloatArray, Vectors]:
    from scipy.sparse.linalg import ArpackError, eigsh

    try:
        levels, states = eigsh(part, k=count, which="SA", v0=start.astype(part.dtype), tol=1e-12)
    except ArpackError as error:
        raise NotConverged from error
    order = np.argsort(levels)
    return levels[order], np.linalg.qr(states[:, order])[0]


def _completed(
    part: Any, levels: FloatArray, states: Vectors, start: FloatArray, wanted: int
) -> tuple[FloatArray, Vectors]:
    """So many different levels, once nothing is left that Lanczos missed below the last of them.

    Raises:
        NotConverged: There are more levels than `MOST_LEVELS`.
    """
    same = DEGENERATE * max(1.0, float(np.abs(levels).max()))
    count = 1
    while True:
        more, further = _lanczos(_outside(part, levels, states), count, start)
        distinct = levels[np.concatenate([[True], np.diff(levels) > same])]
        last = float(distinct[wanted - 1]) if len(distinct) >= wanted else np.inf
        missed = more < last - same
        if not missed.any():
            kept = levels <= last + same
            return levels[kept], states[:, kept]
        if len(levels) >= MOST_LEVELS:
            raise NotConverged
        both = np.concatenate([states, further[:, missed]], axis=1)
        levels = np.concatenate([levels, more[missed]])
        order = np.argsort(levels)
        levels, states = levels[order], np.linalg.qr(both[:, order])[0]
        count = min(2 * count, LEVELS)


def _outside(part: Any, levels: FloatArray, states: Vectors) -> Any:
    """The matrix with found states moved out of the way, above everything that is looked for."""
    from scipy.sparse.linalg import LinearOperator

    middle = float(part.diagonal().real.mean())
    lift = max(middle, 2 * float(levels[-1] - levels[0]) + float(levels[-1]) + 1.0)

    def moved(vector: Vectors) -> Vectors:
        flat = vector.reshape(-1)
        shares = states.conj().T @ flat
        found: Vectors = part @ flat + states @ ((lift - levels) * shares)
        return found

    return LinearOperator(part.shape, matvec=moved, dtype=part.dtype)
