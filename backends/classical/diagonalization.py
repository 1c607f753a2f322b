"""Lowest levels of a Pauli sum: dense below 11 qubits, Lanczos (Lehoucq's ARPACK) from there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backends.schema.experiment import FloatArray
from backends.systems.pauli import ComplexArray, PauliSum

MAX_DENSE_QUBITS = 10
MAX_QUBITS = 16
LEVELS = 8
DEGENERATE = 1e-9
"""Levels closer than this, relative to the energy scale, are one level."""


class NotConverged(Exception):
    """Lanczos did not converge."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spectrum:
    """The lowest levels of a Hamiltonian.

    Attributes:
        levels: Ascending, at least two, in the Hamiltonian's unit.
        ground: Orthonormal ground states, shape ``(2**n, D)`` for a ``D``-fold ground level.
    """

    levels: FloatArray
    ground: ComplexArray

    @property
    def energy(self) -> float:
        """The ground level."""
        return float(self.levels[0])

    @property
    def gap(self) -> float:
        """From the ground level to the next different one; 0 cannot occur."""
        above = self.levels[self.ground.shape[1] :]
        if not len(above):
            raise NotConverged
        return float(above[0] - self.levels[0])

    def expectation(self, operator: PauliSum) -> float:
        """Mean of an operator, averaged over the ground space."""
        return float(np.mean([operator.expectation(state) for state in self.ground.T]))


def lowest_levels(hamiltonian: PauliSum, *, seed: int = 0) -> Spectrum:
    """Diagonalise.

    Raises:
        NotConverged: Lanczos gave up, or every level that it found is the ground level.
    """
    if hamiltonian.qubits <= MAX_DENSE_QUBITS:
        levels, states = np.linalg.eigh(hamiltonian.matrix())
    else:
        levels, states = _lanczos(hamiltonian, seed)
    scale = max(1.0, float(np.abs(levels[[0, -1]]).max()))
    same = int(np.sum(levels - levels[0] < DEGENERATE * scale))
    return Spectrum(levels=levels, ground=states[:, :same])


def _lanczos(hamiltonian: PauliSum, seed: int) -> tuple[FloatArray, NDArray[np.complex128]]:
    from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh

    size = 2**hamiltonian.qubits
    applied = LinearOperator((size, size), matvec=hamiltonian.apply, dtype=np.complex128)
    start = np.random.default_rng(seed).standard_normal(size).astype(np.complex128)
    try:
        levels, states = eigsh(applied, k=LEVELS, which="SA", v0=start, tol=1e-12)
    except ArpackError as error:
        raise NotConverged from error
    order = np.argsort(levels)
    return levels[order], np.linalg.qr(states[:, order])[0]
