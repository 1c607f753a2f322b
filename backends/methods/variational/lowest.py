"""The lowest level that the states of an ansatz could have, against which a search is checked.

A gradient vanishes on every eigenstate. The state of a symmetry other than that of the ground
state is one from which no operator leads on, and its energy is no answer. Exact diagonalization of
the reachable basis states tells (at most 14 qubits, a small part of the search itself).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from backends.classical.diagonalization import NotConverged, Spectrum, lowest_levels
from backends.classical.sparse import diagonal, matrix
from backends.methods.variational.space import Indices, States
from backends.systems.pauli import ComplexArray, PauliSum

SHARE = 0.9
"""Of a state in the lowest level, below which it is another's or a mixture."""
SPREAD = 0.1
"""Of the distance to the lowest level: a state that spreads less has under 1 % in that level."""
CLOSE = 1e-3
"""In the unit of energy: a level as close to the lowest is not told from it."""
CLOSEST = 1e-6
STARTS_OF_A_BLOCK = 3
MOST_STARTS = 8
DENSE = 64


@dataclass(frozen=True, slots=True)
class Lowest:
    """The lowest levels of a Hamiltonian among some basis states.

    Attributes:
        members: The basis states, ascending, shape ``(S,)``.
        close: Levels within this of the lowest count as it.
    """

    hamiltonian: PauliSum
    members: Indices
    spectrum: Spectrum
    close: float

    @classmethod
    def of(cls, hamiltonian: PauliSum, members: Indices, close: float) -> Lowest:
        """Diagonalise.

        Raises:
            NotConverged: Lanczos gave up.
        """
        levels = lowest_levels(hamiltonian, members)
        return cls(hamiltonian, members, levels, max(close, CLOSEST))

    def missed(self, state: States, energy: float) -> str:
        """Why a state of shape ``(S,)`` is not the lowest level's, or nothing."""
        above, share = energy - self.spectrum.energy, self._share(state)
        if above <= self.close or share >= SHARE:
            return ""
        return f"{share:.0%} of the state has the lowest level, {above:.1e} below its energy"

    def starts(self) -> Iterator[int]:
        """Basis states of low energy in the blocks that have the lowest level, in turn."""
        tables = []
        for block in self.spectrum.blocks:
            if block.levels.min() <= self._top:
                energies = np.round(diagonal(self.hamiltonian, block.basis), 9)
                tables.append(block.basis[np.argsort(energies, kind="stable")])
        turns = (
            int(table[place])
            for place in range(STARTS_OF_A_BLOCK)
            for table in tables
            if place < len(table)
        )
        return islice(turns, MOST_STARTS)

    @property
    def _top(self) -> float:
        return self.spectrum.energy + self.close

    def _share(self, state: States) -> float:
        """Weight of a state in the lowest level."""
        total = 0.0
        for block in self.spectrum.blocks:
            inside, low = (
                state[np.searchsorted(self.members, block.basis)],
                block.levels <= self._top,
            )
            levels = np.eye(len(inside)) if block.states is None else block.states
            total += float(np.sum(np.abs(levels[:, low].conj().T @ inside) ** 2))
        return total


def elsewhere(
    operators: Sequence[PauliSum], basis: Indices, vectors: ComplexArray
) -> dict[int, str]:
    """Which states are eigenstates that are not the lowest, and how far above it they are.

    Args:
        basis: The basis states that are meant, ascending.
        vectors: A state of each operator, shape ``(B, 2**n)``.

    Raises:
        NotConverged: Lanczos gave up.
    """
    found = {}
    for row, (operator, vector) in enumerate(zip(operators, vectors, strict=True)):
        whole, state = matrix(operator, basis), vector[basis]
        moved = whole @ state
        energy = float(np.vdot(state, moved).real)
        above = energy - _lowest(whole)
        if above > CLOSE and float(np.linalg.norm(moved - energy * state)) < SPREAD * above:
            found[row] = f"an eigenstate {above:.1e} above the lowest level"
    return found


def _lowest(whole: Any) -> float:
    from scipy.sparse.linalg import ArpackError, eigsh

    if whole.shape[0] <= DENSE:
        return float(np.linalg.eigvalsh(whole.toarray())[0])
    start = np.random.default_rng(0).standard_normal(whole.shape[0]).astype(whole.dtype)
    try:
        found = eigsh(whole, k=1, which="SA", v0=start, tol=1e-6, return_eigenvectors=False)
    except ArpackError as error:
        raise NotConverged from error
    return float(found[0])
