"""Fermionic excitations as generators on qubits.

``exp(theta (tau - tau†))`` with ``tau = a†_a a_i`` or ``a†_a a†_b a_j a_i`` turns pairs of
determinants into each other by the angle theta. In words, ``tau - tau† = -i G / 2``; all words of
``G`` commute and flip the same qubits, so that their product is exact (Romero et al., Quantum Sci.
Technol. 4, 014008 (2019)).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from backends.methods.mapping import QubitMapping
from backends.methods.variational.ansatz import Turn
from backends.systems.pauli import PauliWord
from backends.systems.qubit_system import Sector

Words = tuple[tuple[PauliWord, float], ...]
Move = tuple[tuple[int, ...], tuple[int, ...]]
"""Spin orbitals that are filled, and those that are emptied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fermions:
    """Spin orbitals with conserved numbers, and a determinant.

    Attributes:
        sector: Spin orbitals of each kind, as bits of a mask, and how many are filled.
        reference: Filled spin orbitals, as bits.
        mapping: Onto qubits; None where spin orbital ``i`` is qubit ``i`` by Jordan-Wigner.
    """

    sector: Sector
    reference: int
    mapping: QubitMapping | None = None

    @property
    def basis_state(self) -> int:
        """The determinant on qubits."""
        return self.reference if self.mapping is None else self.mapping.bits(self.reference)

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Spin-up and spin-down orbital of each orbital, where there are two equal kinds."""
        kinds = [_bits(mask) for mask, _ in self.sector]
        if len(kinds) != 2 or len(kinds[0]) != len(kinds[1]):
            return []
        return list(zip(*kinds, strict=True))

    def singles(self) -> list[Move]:
        """From each filled to each empty spin orbital of its kind."""
        return [
            ((a,), (i,))
            for mask, _ in self.sector
            for i in _bits(mask & self.reference)
            for a in _bits(mask & ~self.reference)
        ]

    def doubles(self) -> list[Move]:
        """Two at a time, the numbers of each kind kept; in the order of the spin orbitals."""
        everything = sum(mask for mask, _ in self.sector)
        filled, empty = _bits(everything & self.reference), _bits(everything & ~self.reference)
        return [
            (to, out)
            for out in combinations(filled, 2)
            for to in combinations(empty, 2)
            if sorted(map(self._kind, out)) == sorted(map(self._kind, to))
        ]

    def turns(self, move: Move, parameter: int) -> list[Turn]:
        """The excitation as a turn; none where it does nothing."""
        words = generator(move, self.mapping)
        return [Turn(words, parameter)] if words else []

    def _kind(self, orbital: int) -> int:
        return next(k for k, (mask, _) in enumerate(self.sector) if mask >> orbital & 1)


@cache
def generator(move: Move, mapping: QubitMapping | None) -> Words:
    """Words and factors of ``G = 2 i (tau - tau†)``."""
    filled, emptied = move
    terms: dict[tuple[int, int], complex] = {(0, 0): 1.0}
    for orbital in filled:
        terms = _times(terms, _operator(orbital, creates=True))
    for orbital in reversed(emptied):
        terms = _times(terms, _operator(orbital, creates=False))
    words: defaultdict[PauliWord, float] = defaultdict(float)
    for (x, z), weight in terms.items():
        factor = -4 * (weight * (-1j) ** (x & z).bit_count()).imag
        word, sign = (PauliWord(x, z), 1) if mapping is None else mapping.word(PauliWord(x, z))
        words[word] += factor * sign
    return tuple((word, f) for word, f in words.items() if f)


def _operator(orbital: int, *, creates: bool) -> dict[tuple[int, int], complex]:
    """``(X_p -+ X_p Z_p)/2`` behind a string of Z: annihilates, or creates with the plus sign."""
    bit, string = 1 << orbital, (1 << orbital) - 1
    return {(bit, string): 0.5, (bit, string | bit): 0.5 if creates else -0.5}


def _times(
    left: dict[tuple[int, int], complex], right: dict[tuple[int, int], complex]
) -> dict[tuple[int, int], complex]:
    """``X^a Z^b X^c Z^d = (-1)^|b & c| X^(a+c) Z^(b+d)``."""
    result: defaultdict[tuple[int, int], complex] = defaultdict(complex)
    for (a, b), u in left.items():
        for (c, d), v in right.items():
            result[a ^ c, b ^ d] += u * v * (-1) ** (b & c).bit_count()
    return {key: value for key, value in result.items() if value}


def _bits(mask: int) -> Sequence[int]:
    return [q for q in range(mask.bit_length()) if mask >> q & 1]
