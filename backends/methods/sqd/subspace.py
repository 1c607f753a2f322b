"""The lowest state of a Hamiltonian in a subspace of basis states.

The matrix over all basis states of the sector is built once for a point; subspaces are parts of it.
Its lowest eigenvalue is bounded from below by that of the whole (the theorem of Rayleigh and Ritz).
Shapes use ``S`` for basis states of the sector and ``B`` for those of a subspace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.classical import basis as whole
from backends.classical import sparse
from backends.classical.basis import Indices
from backends.methods.solved import Unsolved
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum
from backends.systems.qubit_system import Sector

DENSE = 300


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The lowest state of a subspace.

    Attributes:
        basis: Ascending, shape ``(B,)``.
        state: Normalised, shape ``(B,)``.
        variance: Of the Hamiltonian of the whole space; 0 in an eigenstate of it.
    """

    energy: float
    basis: Indices
    state: Any
    variance: float

    def occupations(self, qubits: int) -> FloatArray:
        """Probability of 1 on each qubit, shape ``(n,)``."""
        bits = self.basis[:, None] >> np.arange(qubits) & 1
        occupied: FloatArray = np.abs(self.state) ** 2 @ bits
        return occupied

    def on(self, basis: Indices) -> Any:
        """Its amplitudes on other basis states, which may be fewer or more."""
        places = np.minimum(np.searchsorted(self.basis, basis), len(self.basis) - 1)
        return np.where(self.basis[places] == basis, self.state[places], 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """A Hamiltonian on all basis states of a sector.

    Attributes:
        basis: Ascending, shape ``(S,)``.
        matrix: Sparse, shape ``(S, S)``.
    """

    basis: Indices
    matrix: Any

    @classmethod
    def of(cls, hamiltonian: PauliSum, sector: Sector) -> Space:
        """Build the matrix."""
        states = whole.states(hamiltonian.qubits, sector)
        return cls(states, sparse.matrix(hamiltonian, states).tocsr())

    @property
    def mean(self) -> float:
        """Mean energy of the basis states."""
        return float(self.matrix.diagonal().real.mean())

    def ground(self, basis: Indices, near: Ground | None = None) -> Ground:
        """The lowest state in a subspace.

        Args:
            near: A state that is probably close to it.

        Raises:
            Unsolved: The iteration gives up.
        """
        places = np.searchsorted(self.basis, basis)
        energy, state = _lowest(self.matrix[places][:, places], near and near.on(basis))
        whole_state = np.zeros(len(self.basis), dtype=state.dtype)
        whole_state[places] = state
        square = float(np.linalg.norm(self.matrix @ whole_state - energy * whole_state) ** 2)
        return Ground(energy, basis, state, square)


def _lowest(part: Any, guess: Any) -> tuple[float, Any]:
    """Lowest eigenvalue and its vector; a random part of the start keeps every symmetry."""
    size = part.shape[0]
    if size <= DENSE:
        energies, states = np.linalg.eigh(part.toarray())
        return float(energies[0]), states[:, 0]
    from scipy.sparse.linalg import ArpackError, eigsh

    noise = np.random.default_rng(0).normal(size=size) / np.sqrt(size)
    start = noise if guess is None else guess + 0.01 * noise
    try:
        energies, states = eigsh(part, k=1, which="SA", v0=start.astype(part.dtype), tol=1e-12)
    except ArpackError as error:
        raise Unsolved(f"the diagonalization of {size} configurations failed: {error}") from None
    return float(energies[0]), states[:, 0]
