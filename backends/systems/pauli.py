"""Pauli words and real sums of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    ComplexArray: TypeAlias = NDArray[np.complex128]
else:  # for annotations alone, numpy is not loaded
    ComplexArray = Any

_LETTERS = "IXZY"
_DIGIT = re.compile("[0-9]")
_X_BITS = str.maketrans("IXZY", "0101")
_Z_BITS = str.maketrans("IXZY", "0011")


@dataclass(frozen=True, slots=True)
class PauliWord:
    """A tensor product of Pauli matrices, ``i^|x & z| X^x Z^z``.

    Attributes:
        x: Bit ``q`` is set where qubit ``q`` carries X or Y.
        z: Bit ``q`` is set where qubit ``q`` carries Z or Y.
    """

    x: int
    z: int

    @classmethod
    def parse(cls, label: str) -> PauliWord:
        """Read a label such as ``IXYZ``, qubit 0 rightmost.

        Raises:
            ValueError: It is empty or has another letter.
        """
        if not label or set(label) - set(_LETTERS):
            raise ValueError(f"{_short(label)} is no Pauli word; allowed letters: I, X, Y, Z")
        return cls(int(label.translate(_X_BITS), 2), int(label.translate(_Z_BITS), 2))

    @classmethod
    def read(cls, text: str, qubits: int) -> PauliWord:
        """Read a word of a user: a letter for each qubit, or letters with their qubits.

        ``ZIIX`` and ``X0 Z3`` are one word; ``I0`` is the identity.

        Raises:
            ValueError: Says what is wrong with it and what is allowed.
        """
        if not isinstance(text, str) or not _DIGIT.search(text):
            return cls._full(text, qubits)
        x = z = used = 0
        for part in text.split():
            letter, place = part[0], part[1:]
            if letter not in _LETTERS or not (place.isascii() and place.isdigit()):
                raise ValueError(
                    f"{_short(part)} in a Pauli word; allowed: I, X, Y or Z with the number of a "
                    "qubit, such as X0 Z3"
                )
            qubit = int(place) if len(place) < 4 else qubits
            if qubit >= qubits:
                raise ValueError(f"{_short(part)}; allowed: qubits 0 to {qubits - 1}")
            if used >> qubit & 1:
                raise ValueError(f"{_short(part)}: allowed: each qubit once in a word")
            used |= 1 << qubit
            code = _LETTERS.index(letter)
            x |= (code & 1) << qubit
            z |= (code >> 1) << qubit
        return cls(x, z)

    @classmethod
    def _full(cls, text: object, qubits: int) -> PauliWord:
        if not isinstance(text, str) or len(text) != qubits:
            raise ValueError(
                f"{_short(text)} is not a Pauli word of {qubits} qubits; allowed: {qubits} "
                "letters of I, X, Y, Z, qubit 0 rightmost, or letters with numbers such as X0 Z3"
            )
        return cls.parse(text)

    def label(self, qubits: int) -> str:
        """Label with qubit 0 rightmost."""
        return "".join(self.letter(qubit) for qubit in reversed(range(qubits)))

    def letter(self, qubit: int) -> str:
        """The matrix on one qubit: I, X, Y or Z."""
        return _LETTERS[(self.x >> qubit & 1) + 2 * (self.z >> qubit & 1)]

    @property
    def support(self) -> int:
        """Bits of the qubits on which the word is not the identity."""
        return self.x | self.z

    def commutes(self, other: PauliWord) -> bool:
        """Whether the products in both orders are equal."""
        return not ((self.x & other.z).bit_count() + (self.z & other.x).bit_count()) & 1

    def apply(self, state: ComplexArray) -> ComplexArray:
        """The word times a state vector of shape ``(2**n,)``."""
        index = np.arange(len(state))
        signs = 1 - 2 * (np.bitwise_count(index & self.z) & 1).astype(np.float64)
        moved: ComplexArray = np.empty_like(state)
        moved[index ^ self.x] = 1j ** (self.x & self.z).bit_count() * signs * state
        return moved


@dataclass(frozen=True, slots=True)
class PauliSum:
    """A Hermitian operator, ``sum_k c_k P_k`` with real ``c_k``."""

    qubits: int
    terms: Mapping[PauliWord, float]

    @property
    def mixed_value(self) -> float:
        """Value in the maximally mixed state, ``Tr H / 2^n``: the identity's coefficient."""
        return self.terms.get(PauliWord(0, 0), 0.0)

    def apply(self, state: ComplexArray) -> ComplexArray:
        """The operator times a state vector of shape ``(2**n,)``."""
        total: ComplexArray = np.zeros_like(state)
        for word, coefficient in self.terms.items():
            total += coefficient * word.apply(state)
        return total

    def expectation(self, state: ComplexArray) -> float:
        """Value in a normalised state of shape ``(2**n,)``."""
        return float(np.vdot(state, self.apply(state)).real)

    def matrix(self) -> ComplexArray:
        """Dense matrix, shape ``(2**n, 2**n)``; for small ``n``."""
        identity = np.eye(2**self.qubits, dtype=np.complex128)
        return np.stack([self.apply(column) for column in identity], axis=1)


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else shown[:77] + "..."
