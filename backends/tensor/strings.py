"""Pauli sums as sums of products of real matrices, so that a real Hamiltonian stays real.

Without conserved numbers ``X``, ``Z`` and ``W = i Y`` are used, ``Y = -i W``. With them every
factor changes the count of ones by a fixed number: ``X = P + M`` and ``Y = -i (P - M)`` with
``P = |0><1|`` and ``M = |1><0|``; what would change a conserved number must cancel in the sum.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import product

from backends.systems.pauli import PauliSum, PauliWord

IDENTITY = "I"
Factor = tuple[int, str]
String = tuple[Factor, ...]
Strings = dict[String, complex]

CANCELLED = 1e-13
"""Coefficients below this, relative to the largest, are rounding of a zero."""

_PLAIN: dict[str, tuple[tuple[str, complex], ...]] = {
    "X": (("X", 1),),
    "Y": (("W", -1j),),
    "Z": (("Z", 1),),
}
_LADDER: dict[str, tuple[tuple[str, complex], ...]] = {
    "X": (("P", 1), ("M", 1)),
    "Y": (("P", -1j), ("M", 1j)),
    "Z": (("Z", 1),),
}


def strings(operator: PauliSum, masks: tuple[int, ...] = ()) -> Strings:
    """Products of factors on ascending qubits, with their coefficients; the identity is empty.

    Args:
        masks: Bits of the qubits whose number of ones is conserved, one mask per number.
    """
    letters = _LADDER if masks else _PLAIN
    found: Strings = defaultdict(complex)
    for word, coefficient in operator.terms.items():
        for string, factor in _products(word, letters):
            found[string] += coefficient * factor
    floor = CANCELLED * max(map(abs, found.values()), default=0.0)
    return {string: value for string, value in found.items() if abs(value) > floor}


def conserving(terms: Strings, masks: tuple[int, ...]) -> Strings:
    """The part that changes no conserved number: all that a state with such numbers can see."""
    return {
        string: value
        for string, value in terms.items()
        if not any(_change(string, mask) for mask in masks)
    }


def is_real(coefficients: Strings) -> bool:
    """Whether every matrix element is real."""
    return all(value.imag == 0.0 for value in coefficients.values())


def _products(
    word: PauliWord, letters: dict[str, tuple[tuple[str, complex], ...]]
) -> list[tuple[String, complex]]:
    qubits = [q for q in range(word.support.bit_length()) if word.support >> q & 1]
    found = []
    for choice in product(*(letters[word.letter(q)] for q in qubits)):
        factor: complex = 1.0
        for _, one in choice:
            factor *= one
        names = tuple((q, name) for q, (name, _) in zip(qubits, choice, strict=True))
        found.append((names, factor))
    return found


def _change(string: String, mask: int) -> int:
    return sum((name == "M") - (name == "P") for qubit, name in string if mask >> qubit & 1)
