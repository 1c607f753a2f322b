"""Product states at which a search for the ground state starts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.errors import ProgramRejected
from backends.systems.qubit_system import Sector

Factors = NDArray[Any]


def starts(qubits: int, sector: Sector, *, seed: int, real: bool) -> list[Factors]:
    """Two starts, each the state of every qubit, shape ``(n, 2)``.

    Without conserved numbers the second points everywhere against the first, so that of two ground
    states that a symmetry joins, each is found by one of them. With them both are random
    basis states that have the numbers.
    """
    generator = np.random.default_rng(seed)
    if sector:
        return [basis_state(_bits(qubits, sector, generator), qubits) for _ in range(2)]
    first = generator.standard_normal((qubits, 2))
    if not real:
        first = first + 1j * generator.standard_normal((qubits, 2))
    first = first / np.linalg.norm(first, axis=1, keepdims=True)
    return [first, np.stack([-first[:, 1].conj(), first[:, 0].conj()], axis=1)]


def basis_state(bits: int, qubits: int) -> Factors:
    """Factors of a computational basis state."""
    ones = np.array([bits >> qubit & 1 for qubit in range(qubits)])
    factors: Factors = np.eye(2)[ones]
    return factors


def check_sector(sector: Sector, field: str = "/system") -> None:
    """Refuse conserved numbers that share qubits.

    Raises:
        ProgramRejected: Points at ``field``.
    """
    seen = 0
    for mask, count in sector:
        if seen & mask or not 0 <= count <= mask.bit_count():
            raise ProgramRejected(
                f"the conserved numbers {sector} share qubits or do not fit them; allowed: "
                "numbers of separate qubits",
                field=field,
            )
        seen |= mask


def _bits(qubits: int, sector: Sector, generator: np.random.Generator) -> int:
    fixed = 0
    bits = 0
    for mask, count in sector:
        places = [qubit for qubit in range(qubits) if mask >> qubit & 1]
        fixed |= mask
        bits |= sum(1 << int(q) for q in generator.permutation(places)[:count])
    free = [qubit for qubit in range(qubits) if not fixed >> qubit & 1]
    return bits | sum(1 << q for q in free if generator.random() < 0.5)
