"""The electronic Hamiltonian as a sum of Pauli words.

``H = E_nuc + sum h_pq a†_p a_q + 1/2 sum (pq|rs) a†_p a†_r a_s a_q``, summed over both spins, with
``(pq|rs)`` in chemists' order.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import product

import numpy as np

from backends.classical.integrals import Integrals
from backends.methods.mapping import QubitMapping
from backends.systems.pauli import PauliSum, PauliWord

# A word X^x Z^z, without the phase that makes it Hermitian.
_Products = dict[tuple[int, int], complex]

NEGLIGIBLE_HARTREE = 1e-10


def hamiltonian(integrals: Integrals, mapping: QubitMapping) -> PauliSum:
    """Total energy (electronic + nuclear) on the qubits of a mapping."""
    total: defaultdict[PauliWord, float] = defaultdict(float)
    total[PauliWord(0, 0)] = integrals.nuclear
    n = mapping.orbitals
    for (p, q), value in np.ndenumerate(integrals.one):
        for spin in (0, n):
            _add(total, float(value), ((p + spin, True), (q + spin, False)), mapping)
    for (p, q, r, s), value in np.ndenumerate(integrals.two):
        for one, two in product((0, n), repeat=2):
            ladder = ((p + one, True), (r + two, True), (s + two, False), (q + one, False))
            _add(total, float(value) / 2, ladder, mapping)
    kept = {word: c for word, c in total.items() if abs(c) > NEGLIGIBLE_HARTREE}
    return PauliSum(mapping.qubits, dict(sorted(kept.items(), key=lambda t: (t[0].x, t[0].z))))


def _add(
    total: defaultdict[PauliWord, float],
    value: float,
    ladder: tuple[tuple[int, bool], ...],
    mapping: QubitMapping,
) -> None:
    if abs(value) > NEGLIGIBLE_HARTREE:
        for word, weight in _ladder_words(ladder, mapping):
            total[word] += value * weight


@cache
def _ladder_words(
    ladder: tuple[tuple[int, bool], ...], mapping: QubitMapping
) -> tuple[tuple[PauliWord, float], ...]:
    """Real part of a product of creation and annihilation operators on the mapping's qubits.

    The imaginary part cancels against the product's conjugate, which the Hamiltonian contains too.
    """
    terms: _Products = {(0, 0): 1.0}
    for orbital, creates in ladder:
        terms = _times(terms, _operator(orbital, creates=creates))
    mapped = []
    for (x, z), weight in terms.items():
        real = (weight * (-1j) ** (x & z).bit_count()).real
        if real:
            word, sign = mapping.word(PauliWord(x, z))
            mapped.append((word, sign * real))
    return tuple(mapped)


def _operator(orbital: int, *, creates: bool) -> _Products:
    """``(X_p -+ X_p Z_p)/2`` behind a string of Z: annihilates, or creates with the plus sign."""
    bit, string = 1 << orbital, (1 << orbital) - 1
    return {(bit, string): 0.5, (bit, string | bit): 0.5 if creates else -0.5}


def _times(left: _Products, right: _Products) -> _Products:
    """``X^a Z^b X^c Z^d = (-1)^|b & c| X^(a+c) Z^(b+d)``."""
    result: defaultdict[tuple[int, int], complex] = defaultdict(complex)
    for (a, b), u in left.items():
        for (c, d), v in right.items():
            result[a ^ c, b ^ d] += u * v * (-1) ** (b & c).bit_count()
    return {key: value for key, value in result.items() if value}
