"""Lowest levels of a Pauli sum, block by block: dense where small, else Lanczos (ARPACK)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.classical.sparse import Indices, blocks, inside, matrix
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum
from backends.systems.projector import Measurable

MAX_DENSE = 1024
MAX_QUBITS = 18
LEVELS = 8
DEGENERATE = 1e-9
"""Levels closer than this, relative to the energy scale, are one level."""

Vectors = NDArray[Any]


class NotConverged(Exception):
    """Lanczos did not converge, or found too few levels."""


@dataclass(frozen=True, slots=True, eq=False)
class Sector:
    """Eigenstates within one block.

    Attributes:
        block: Basis states, shape ``(B,)``.
        levels: Ascending, shape ``(K,)``.
        states: Orthonormal columns, shape ``(B, K)``; None for basis states of their own.
    """

    block: Indices
    levels: FloatArray
    states: Vectors | None

    def means(self, operator: Any) -> FloatArray:
        """Mean of a sparse matrix in each eigenstate, shape ``(K,)``."""
        if self.states is None:
            diagonal: FloatArray = operator.diagonal()[self.block].real
            return diagonal
        moved = inside(operator, self.block) @ self.states
        means: FloatArray = np.sum(self.states.conj() * moved, axis=0).real
        return means


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spectrum:
    """The lowest levels of a Hamiltonian, or all of them."""

    qubits: int
    sectors: Sequence[Sector]

    @property
    def levels(self) -> FloatArray:
        """Every level that was found, ascending."""
        return np.sort(np.concatenate([sector.levels for sector in self.sectors]))

    @property
    def energy(self) -> float:
        """The ground level."""
        return float(self.levels[0])

    @property
    def same(self) -> float:
        """Levels closer than this are one."""
        levels = self.levels
        return DEGENERATE * max(1.0, float(np.abs(levels[[0, -1]]).max()))

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
        if number >= len(distinct):
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
        top, found = self.energy + self.same, matrix(operator)
        kept = [s.means(found)[s.levels <= top] for s in self.sectors if s.levels.min() <= top]
        return float(np.concatenate(kept).mean())

    def ground_state(self) -> Vectors | None:
        """State vector of the ground state, shape ``(2**n,)``; None where it is degenerate."""
        if self.degeneracy > 1:
            return None
        sector = min(self.sectors, key=lambda sector: sector.levels.min())
        lowest = int(np.argmin(sector.levels))
        if sector.states is None:
            full = np.zeros(2**self.qubits)
            full[sector.block[lowest]] = 1.0
            return full
        full = np.zeros(2**self.qubits, dtype=sector.states.dtype)
        full[sector.block] = sector.states[:, lowest]
        return full


def lowest_levels(hamiltonian: PauliSum, *, seed: int = 0) -> Spectrum:
    """Diagonalise for the lowest levels of each block.

    Raises:
        NotConverged: Lanczos gave up.
    """
    return _spectrum(hamiltonian, MAX_DENSE, seed)


def all_levels(hamiltonian: PauliSum) -> Spectrum:
    """Diagonalise completely."""
    return _spectrum(hamiltonian, 2**hamiltonian.qubits, 0)


def _spectrum(hamiltonian: PauliSum, dense: int, seed: int) -> Spectrum:
    whole = matrix(hamiltonian)
    alone, many = blocks(whole)
    sectors = [Sector(alone, whole.diagonal()[alone].real, None)] if len(alone) else []
    for block in many:
        part = inside(whole, block)
        if len(block) <= dense:
            levels, states = np.linalg.eigh(part.toarray())
        else:
            levels, states = _lanczos(part, seed)
        sectors.append(Sector(block, levels, states))
    return Spectrum(qubits=hamiltonian.qubits, sectors=sectors)


def _lanczos(part: Any, seed: int) -> tuple[FloatArray, Vectors]:
    from scipy.sparse.linalg import ArpackError, eigsh

    start = np.random.default_rng(seed).standard_normal(part.shape[0]).astype(part.dtype)
    try:
        levels, states = eigsh(part, k=LEVELS, which="SA", v0=start, tol=1e-12)
    except ArpackError as error:
        raise NotConverged from error
    order = np.argsort(levels)
    return levels[order], np.linalg.qr(states[:, order])[0]
