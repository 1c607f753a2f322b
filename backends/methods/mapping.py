"""From spin orbitals to qubits.

Spin orbitals are ordered by spin: ``i`` is spin up in orbital ``i``, ``i + N`` is spin down. The
Jordan-Wigner words are ``a_p = (X_p + i Y_p)/2 Z_{p-1} ... Z_0`` (Jordan and Wigner, Z. Phys. 47,
631 (1928)). The other mappings store sums of occupations modulo 2, ``q = M b``, so that
``X^x Z^z`` becomes ``X^(M x) Z^(M^-T z)``:

- parity: qubit ``j`` holds the sum of occupations 0 to ``j``. Two qubits then hold the conserved
  parities of spin up and of all electrons, and are dropped (Bravyi, Gambetta, Mezzacapo and Temme,
  arXiv:1701.08213).
- Bravyi-Kitaev: qubit ``j`` holds the sum over the block of ``j`` in a binary indexed tree
  (Bravyi and Kitaev, Ann. Phys. 298, 210 (2002); Seeley, Richard and Love, J. Chem. Phys. 137,
  224109 (2012)).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from backends.systems.pauli import PauliWord

MAPPINGS = ("jordan_wigner", "parity", "bravyi_kitaev")


@dataclass(frozen=True, slots=True, kw_only=True)
class QubitMapping:
    """How occupations and Jordan-Wigner words look on the qubits that are run.

    Attributes:
        name: One of `MAPPINGS`.
        orbitals: Number of spatial orbitals, N.
        electrons: Numbers of electrons with spin up and with spin down.

    Raises:
        ValueError: Another name.
    """

    name: str
    orbitals: int
    electrons: tuple[int, int]

    def __post_init__(self) -> None:
        if self.name not in MAPPINGS:
            raise ValueError(f"unknown mapping {self.name!r}; allowed: {', '.join(MAPPINGS)}")

    @property
    def qubits(self) -> int:
        """Number of qubits that are run."""
        return 2 * self.orbitals - (2 if self.name == "parity" else 0)

    @property
    def sector(self) -> tuple[tuple[int, int], ...]:
        """Numbers of electrons of each spin, as qubits (bits of a mask) and how many are 1.

        Empty where the qubits hold sums of occupations.
        """
        if self.name != "jordan_wigner":
            return ()
        up, (n_up, n_down) = (1 << self.orbitals) - 1, self.electrons
        return (up, n_up), (up << self.orbitals, n_down)

    @property
    def reference(self) -> int:
        """Basis state of the determinant that fills the lowest orbitals of each spin."""
        n_up, n_down = self.electrons
        return self.bits((1 << n_up) - 1 | ((1 << n_down) - 1) << self.orbitals)

    def word(self, word: PauliWord) -> tuple[PauliWord, int]:
        """Image of a Jordan-Wigner word, which parity's two must leave alone, and its sign.

        Raises:
            ValueError: The word changes a number that the mapping has dropped.
        """
        if self.name == "jordan_wigner":
            return word, 1
        forward, dual = _columns(self.name, 2 * self.orbitals)
        x, z = _sum(forward, word.x), _sum(dual, word.z)
        # The map permutes basis states: X^x Z^z keeps its form, its Hermitian phase may change.
        turns = (x & z).bit_count() - (word.x & word.z).bit_count()
        sign = (-1) ** (turns // 2 % 2)
        if self.name != "parity":
            return PauliWord(x, z), sign
        up, total = self._fixed_bits()
        if x & (up | total):
            raise ValueError(f"{word} changes the number of electrons of a spin")
        n_up, n_down = self.electrons
        sign *= (-1) ** (n_up * bool(z & up) + (n_up + n_down) * bool(z & total))
        # A word that keeps parities has no X on the fixed qubits, so no Y is dropped there.
        return PauliWord(self._drop(x), self._drop(z)), sign

    def bits(self, occupation: int) -> int:
        """Basis state of an occupation of the spin orbitals."""
        if self.name == "jordan_wigner":
            return occupation
        sums = _sum(_columns(self.name, 2 * self.orbitals)[0], occupation)
        return self._drop(sums) if self.name == "parity" else sums

    def _fixed_bits(self) -> tuple[int, int]:
        return 1 << (self.orbitals - 1), 1 << (2 * self.orbitals - 1)

    def _drop(self, bits: int) -> int:
        low = bits & ((1 << (self.orbitals - 1)) - 1)
        high = (bits >> self.orbitals) & ((1 << (self.orbitals - 1)) - 1)
        return low | high << (self.orbitals - 1)


@cache
def _columns(name: str, size: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Columns of ``M`` and of its inverse transposed, as bits."""
    rows = [_members(name, qubit) for qubit in range(size)]
    columns = tuple(sum((rows[j] >> k & 1) << j for j in range(size)) for k in range(size))
    # M is lower triangular with ones on its diagonal: b_j = q_j + sum of the rest of row j.
    inverse: list[int] = []
    for j in range(size):
        inverse.append(1 << j ^ _sum(inverse, rows[j] ^ 1 << j))
    return columns, tuple(inverse)


def _members(name: str, qubit: int) -> int:
    """Occupations of which a qubit holds the sum, as bits."""
    if name == "parity":
        return (2 << qubit) - 1
    block = (qubit + 1) & -(qubit + 1)
    return ((1 << block) - 1) << (qubit + 1 - block)


def _sum(columns: tuple[int, ...] | list[int], bits: int) -> int:
    """Sum modulo 2 of the columns that the bits choose."""
    total = 0
    while bits:
        low = bits & -bits
        total ^= columns[low.bit_length() - 1]
        bits ^= low
    return total
