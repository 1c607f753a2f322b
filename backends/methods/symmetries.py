"""Symmetries that a Pauli sum has, found from its terms.

A word commutes with every term exactly when it solves a linear system over the field of two
elements (Bravyi, Gambetta, Mezzacapo and Temme, arXiv:1701.08213); ``sum_q w_q P_q`` with real
weights ``w`` commutes with the sum exactly when ``w`` solves a real one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum, PauliWord

ZERO = 1e-10
"""Relative to the largest coefficient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symmetries:
    """What commutes with a Hamiltonian.

    Attributes:
        real: It has a real matrix in the computational basis.
        parities: Independent words that commute with it and with each other.
        charges: Independent weights ``w`` of ``sum_q w_q Z_q`` that it conserves, each of shape
            ``(n,)``, in reduced row echelon form.
        rotations: It commutes with the total of X, of Y and of Z: spin is conserved.
    """

    real: bool
    parities: tuple[PauliWord, ...]
    charges: tuple[tuple[float, ...], ...]
    rotations: bool


def symmetries(hamiltonian: PauliSum) -> Symmetries:
    """Find them. Costs ``O(terms * qubits)`` words, besides a nullspace of ``qubits`` columns."""
    return Symmetries(
        real=not any((word.x & word.z).bit_count() & 1 for word in hamiltonian.terms),
        parities=_commuting(parity_words(hamiltonian)),
        charges=tuple(tuple(row) for row in _null(_commutator(hamiltonian, "Z")).tolist()),
        rotations=all(_vanishes(_commutator(hamiltonian, letter)) for letter in "XYZ"),
    )


def conserves_magnetisation(hamiltonian: PauliSum) -> bool:
    """Whether it commutes with the total of Z."""
    return _vanishes(_commutator(hamiltonian, "Z"))


def _vanishes(commutator: FloatArray) -> bool:
    """Whether equal weights solve the system."""
    return bool(np.abs(commutator.sum(axis=1)).max(initial=0.0) < ZERO)


def parity_words(hamiltonian: PauliSum) -> list[PauliWord]:
    """A basis of all words that commute with every term, the identity left out."""
    n = hamiltonian.qubits
    # Column k of the identity below each row keeps track of which letters were added.
    columns = [
        (_column(hamiltonian, x=bit, z=0), 1 << k) for k, bit in enumerate(1 << q for q in range(n))
    ] + [(_column(hamiltonian, x=0, z=1 << q), 1 << (n + q)) for q in range(n)]
    pivots: dict[int, tuple[int, int]] = {}
    kernel = []
    for start, letter in columns:
        value, track = start, letter
        while value and (top := value.bit_length()) in pivots:
            value ^= pivots[top][0]
            track ^= pivots[top][1]
        if value:
            pivots[value.bit_length()] = (value, track)
        else:
            kernel.append(PauliWord(track & ((1 << n) - 1), track >> n))
    return kernel


def _column(hamiltonian: PauliSum, *, x: int, z: int) -> int:
    """Bit ``k`` says whether one letter anticommutes with term ``k``."""
    letter = PauliWord(x, z)
    return sum(1 << k for k, word in enumerate(hamiltonian.terms) if not letter.commutes(word))


def _commuting(words: list[PauliWord]) -> tuple[PauliWord, ...]:
    """As many independent products of them as commute with each other (symplectic Gram-Schmidt)."""
    left, kept = list(words), []
    while left:
        first = left.pop()
        partner = next((word for word in left if not word.commutes(first)), None)
        kept.append(first)
        if partner is None:
            continue
        left.remove(partner)
        left = [_repaired(word, first, partner) for word in left]
    return tuple(sorted(kept, key=lambda word: (word.support.bit_count(), word.x, word.z)))


def _repaired(word: PauliWord, first: PauliWord, partner: PauliWord) -> PauliWord:
    """The word times whatever of a pair makes it commute with both."""
    x, z = word.x, word.z
    if not word.commutes(partner):
        x, z = x ^ first.x, z ^ first.z
    if not word.commutes(first):
        x, z = x ^ partner.x, z ^ partner.z
    return PauliWord(x, z)


def _commutator(hamiltonian: PauliSum, letter: str) -> FloatArray:
    """Matrix of ``w -> [sum_q w_q P_q, H]``, relative: a row for each word, shape ``(W, n)``."""
    scale = max(map(abs, hamiltonian.terms.values()), default=1.0) or 1.0
    rows: defaultdict[PauliWord, dict[int, complex]] = defaultdict(dict)
    for word, coefficient in hamiltonian.terms.items():
        for qubit in range(hamiltonian.qubits):
            bit = 1 << qubit
            single = PauliWord(bit * (letter in "XY"), bit * (letter in "ZY"))
            if not single.commutes(word):
                product, phase = _times(single, word)
                row = rows[product]
                row[qubit] = row.get(qubit, 0.0) + coefficient / scale * phase
    matrix = np.zeros((len(rows), hamiltonian.qubits), dtype=np.complex128)
    for index, row in enumerate(rows.values()):
        matrix[index, list(row)] = list(row.values())
    # Words that anticommute have products with an imaginary phase.
    imaginary: FloatArray = matrix.imag
    return imaginary


def _times(one: PauliWord, two: PauliWord) -> tuple[PauliWord, complex]:
    """Product of two words as a word and a phase."""
    product = PauliWord(one.x ^ two.x, one.z ^ two.z)
    turns = (one.x & one.z).bit_count() + (two.x & two.z).bit_count()
    turns += 2 * (one.z & two.x).bit_count() - (product.x & product.z).bit_count()
    return product, 1j ** (turns % 4)


def _null(matrix: FloatArray) -> FloatArray:
    """Basis of the nullspace in reduced row echelon form, shape ``(K, n)``."""
    n = matrix.shape[1]
    if not len(matrix):
        return np.eye(n)
    _, weights, vectors = np.linalg.svd(matrix.T @ matrix)
    basis = vectors[weights < ZERO * max(1.0, float(weights[0]))]
    row = 0
    for column in range(n):
        if row == len(basis):
            break
        best = row + int(np.argmax(np.abs(basis[row:, column])))
        if abs(basis[best, column]) < 1e-7:
            continue
        basis[[row, best]] = basis[[best, row]]
        basis[row] /= basis[row, column]
        others = np.arange(len(basis)) != row
        basis[others] -= np.outer(basis[others, column], basis[row])
        row += 1
    rounded: FloatArray = np.round(basis, 9) + 0.0
    return rounded
