"""From spin orbitals to qubits.

Spin orbitals are ordered by spin: ``i`` is spin up in orbital ``i``, ``i + N`` is spin down. The
Jordan-Wigner words are ``a_p = (X_p + i Y_p)/2 Z_{p-1} ... Z_0`` (Jordan and Wigner, Z. Phys. 47,
631 (1928)). The parity mapping stores partial sums of the occupations modulo 2, so that two
qubits hold the conserved parities of spin up and of all electrons, and are dropped (Bravyi,
Gambetta, Mezzacapo and Temme, arXiv:1701.08213).
"""

from __future__ import annotations

from dataclasses import dataclass

from backends.systems.pauli import PauliWord


@dataclass(frozen=True, slots=True, kw_only=True)
class QubitMapping:
    """How occupations and Jordan-Wigner words look on the qubits that are run.

    Attributes:
        name: ``jordan_wigner`` or ``parity``.
        orbitals: Number of spatial orbitals, N.
        electrons: Numbers of electrons with spin up and with spin down.
    """

    name: str
    orbitals: int
    electrons: tuple[int, int]

    @property
    def qubits(self) -> int:
        """Number of qubits that are run."""
        return 2 * self.orbitals - (2 if self.name == "parity" else 0)

    def word(self, word: PauliWord) -> tuple[PauliWord, int]:
        """Image of a Jordan-Wigner word that keeps both parities, and its sign."""
        if self.name == "jordan_wigner":
            return word, 1
        x, z = self._partial_sums(word.x), word.z ^ (word.z >> 1)
        # The map permutes basis states: X^x Z^z keeps its form, its Hermitian phase may change.
        turns = (x & z).bit_count() - (word.x & word.z).bit_count()
        up, total = self._fixed_bits()
        if x & (up | total):
            raise ValueError(f"{word} changes the number of electrons of a spin")
        n_up, n_down = self.electrons
        sign = (-1) ** (n_up * bool(z & up) + (n_up + n_down) * bool(z & total))
        # A word that keeps parities has no X on the fixed qubits, so no Y is dropped there.
        return PauliWord(self._drop(x), self._drop(z)), sign * (-1) ** (turns // 2 % 2)

    def bits(self, occupation: int) -> int:
        """Basis state of an occupation of the spin orbitals."""
        if self.name == "jordan_wigner":
            return occupation
        return self._drop(self._partial_sums(occupation))

    def _partial_sums(self, bits: int) -> int:
        total = 0
        for orbital in range(2 * self.orbitals):
            total |= ((bits & ((2 << orbital) - 1)).bit_count() & 1) << orbital
        return total

    def _fixed_bits(self) -> tuple[int, int]:
        return 1 << (self.orbitals - 1), 1 << (2 * self.orbitals - 1)

    def _drop(self, bits: int) -> int:
        low = bits & ((1 << (self.orbitals - 1)) - 1)
        high = (bits >> self.orbitals) & ((1 << (self.orbitals - 1)) - 1)
        return low | high << (self.orbitals - 1)
