"""Pauli words as products of Majorana operators, and the Hamiltonians that are quadratic in them.

With Jordan and Wigner's strings along the qubits, ``g_2q = Z_0 ... Z_(q-1) X_q`` and
``g_2q+1 = Z_0 ... Z_(q-1) Y_q``. A Hamiltonian whose words are products of two of them,
``H = (i/4) sum_ab M_ab g_a g_b + c`` with real antisymmetric ``M``, is one of free fermions (Lieb,
Schultz and Mattis, Ann. Phys. 16, 407 (1961)). On a ring the closing bond is such a product times
the parity ``P = prod Z_q``, so that there is one ``M`` for each value of ``P``. The strings may run
along X or Y instead of Z: the letters of all qubits are turned first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum, PauliWord

AXES = "ZXY"


class NotFree(Exception):
    """Something that free fermions cannot say; the message is the reason."""


@dataclass(frozen=True, slots=True, eq=False)
class Quadratic:
    """``(i/4) sum_ab M_ab g_a g_b + c`` for each parity ``p``.

    Attributes:
        axis: The letter that becomes Z.
        constants: ``c = constants[0] + p constants[1]``.
        matrices: ``M = matrices[0] + p matrices[1]``, shape ``(2, 2n, 2n)``.
    """

    axis: str
    constants: tuple[float, float]
    matrices: FloatArray

    @property
    def split(self) -> bool:
        """Whether the two parities differ."""
        return bool(self.constants[1] or self.matrices[1].any())

    def constant(self, parity: int) -> float:
        return self.constants[0] + parity * self.constants[1]

    def matrix(self, parity: int) -> FloatArray:
        found: FloatArray = self.matrices[0] + parity * self.matrices[1]
        return found


def quadratic(hamiltonian: PauliSum) -> Quadratic:
    """Recognise free fermions.

    Raises:
        NotFree: Names a word that is not quadratic.
    """
    worst: list[str] = []
    for axis in AXES:
        found = _along(hamiltonian, axis)
        if isinstance(found, Quadratic):
            return found
        worst.append(spelled(found))
    raise NotFree(
        f"{worst[0]} is not quadratic in fermions along the qubits (with strings of X: {worst[1]}, "
        f"of Y: {worst[2]}); allowed: fields along one axis and bonds of neighbouring qubits "
        "across it, or hopping of electrons"
    )


def turned(word: PauliWord, axis: str) -> tuple[PauliWord, int]:
    """The word, and its sign, once the axis is called Z."""
    if axis == "X":  # Hadamard: X and Z change places, Y changes its sign
        return PauliWord(word.z, word.x), -1 if (word.x & word.z).bit_count() & 1 else 1
    if axis == "Y":  # X to Y, Y to Z, Z to X
        return PauliWord(word.x ^ word.z, word.x), 1
    return word, 1


def majoranas(word: PauliWord) -> tuple[list[int], complex]:
    """Indices, ascending, and the factor in ``word = factor * g_a g_b ...``."""
    string, shift = word.x >> 1, 1
    while string >> shift:
        string ^= string >> shift
        shift *= 2
    # Bit q of the string is the parity of the X and Y above q.
    even, odd = word.x ^ word.z ^ string, word.z ^ string
    indices: list[int] = []
    turns = x = z = 0
    for qubit in range((even | odd).bit_length()):
        bit = 1 << qubit
        for is_odd, mask in enumerate((even, odd)):
            if mask & bit:
                indices.append(2 * qubit + is_odd)
                turns += is_odd + 2 * ((z & bit).bit_count() & 1)
                x, z = x ^ bit, z ^ (bit - 1 | (bit if is_odd else 0))
    return indices, 1j ** (((word.x & word.z).bit_count() - turns) % 4)


def spelled(word: PauliWord) -> str:
    """Letters with the numbers of their qubits."""
    qubits = range(word.support.bit_length())
    return " ".join(f"{word.letter(q)}{q}" for q in qubits if word.support >> q & 1)


def _along(hamiltonian: PauliSum, axis: str) -> Quadratic | PauliWord:
    """The quadratic form, or the first word that has none."""
    size, everything = 2 * hamiltonian.qubits, (1 << hamiltonian.qubits) - 1
    constants, matrices = [0.0, 0.0], np.zeros((2, size, size))
    for word, coefficient in hamiltonian.terms.items():
        image, sign = turned(word, axis)
        other = PauliWord(image.x, image.z ^ everything)
        # word = P times the other word, up to a sign.
        turns = (image.x & image.z).bit_count() - (image.x & other.z).bit_count()
        flip = -1 if turns % 4 == 2 else 1
        for part, one, weight in ((0, image, 1), (1, other, flip)):
            indices, factor = majoranas(one)
            value = coefficient * sign * weight
            if not indices:
                constants[part] += value
                break
            if len(indices) == 2:
                a, b = indices
                matrices[part, a, b] += 2 * value * factor.imag
                matrices[part, b, a] -= 2 * value * factor.imag
                break
        else:
            return word
    return Quadratic(axis, (constants[0], constants[1]), matrices)
