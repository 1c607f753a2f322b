"""The electronic Hamiltonian as a sum of Pauli words.

``H = E_0 + sum h_pq E_pq + 1/2 sum (pq|rs) (E_pq E_rs - delta_qr E_ps)`` with
``E_pq = sum over spins of a†_p a_q`` and ``(pq|rs)`` in chemists' order (Helgaker, Jørgensen and
Olsen, Molecular Electronic-Structure Theory, eq. 2.2.18). Real integrals are symmetric, so it
is a polynomial of ``S_pq = E_pq + E_qp`` (``S_pp = E_pp``), whose Jordan-Wigner words are
``1/2 (X_p Z..Z X_q + Y_p Z..Z Y_q)`` and ``1/2 (1 - Z_p)`` for each spin.

The words and their weights depend on the mapping alone: they are made once, and each point of a
sweep is one weighted sum. Shapes use ``N`` for orbitals and ``K = N (N + 1) / 2`` for pairs of
them, ``p <= q``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from backends.classical.integrals import Integrals
from backends.methods.mapping import QubitMapping
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum, PauliWord

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEGLIGIBLE_HARTREE = 1e-10

_IDENTITY = PauliWord(0, 0)
_Places: TypeAlias = "NDArray[np.int64]"


def hamiltonian(integrals: Integrals, mapping: QubitMapping) -> PauliSum:
    """Total energy (electronic + nuclear + core) on the qubits of a mapping."""
    structure = _structure(mapping)
    two = integrals.two[structure.p, structure.q][:, structure.p, structure.q]
    # The delta of the formula, moved into the one-electron part.
    one = integrals.one - 0.5 * np.einsum("prrq->pq", integrals.two)
    totals = structure.single.total(one[structure.p, structure.q])
    totals += structure.double.total(two.ravel())
    return structure.sum(totals, integrals.constant)


def one_electron(matrix: FloatArray, constant: float, mapping: QubitMapping) -> PauliSum:
    """``constant + sum m_pq E_pq`` of a symmetric matrix of shape ``(N, N)``."""
    structure = _structure(mapping)
    return structure.sum(structure.single.total(matrix[structure.p, structure.q]), constant)


@dataclass(frozen=True, slots=True, eq=False)
class _Weights:
    """A sparse matrix from values to words, entry by entry."""

    words: _Places
    values: _Places
    weights: FloatArray
    size: int

    def total(self, values: FloatArray) -> FloatArray:
        entries = self.weights * values[self.values]
        return np.asarray(np.bincount(self.words, entries, minlength=self.size), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Structure:
    """What a mapping makes of pairs of orbitals, and of pairs of pairs.

    Attributes:
        p: Lower orbital of each pair, shape ``(K,)``.
        q: Upper orbital of each pair.
        words: Every word that can occur, in order.
    """

    qubits: int
    p: _Places
    q: _Places
    words: tuple[PauliWord, ...]
    single: _Weights
    double: _Weights

    def sum(self, totals: FloatArray, constant: float) -> PauliSum:
        kept = np.flatnonzero(np.abs(totals) > NEGLIGIBLE_HARTREE)
        terms = {self.words[k]: float(totals[k]) for k in kept}
        terms[_IDENTITY] = terms.get(_IDENTITY, 0.0) + constant
        return PauliSum(self.qubits, dict(sorted(terms.items(), key=_order)))


def _order(term: tuple[PauliWord, float]) -> tuple[int, int]:
    return term[0].x, term[0].z


@lru_cache(maxsize=8)
def _structure(mapping: QubitMapping) -> _Structure:
    p, q = np.triu_indices(mapping.orbitals)
    x, z, weight, pair = _pair_words(p, q, mapping.orbitals)
    # S_a S_b + S_b S_a is Hermitian: the real part of one order, once for each a <= b.
    first, second = np.nonzero(pair[:, None] <= pair[None, :])
    x2, z2 = x[first] ^ x[second], z[first] ^ z[second]
    turns = _count(x[first] & z[first]) + _count(x[second] & z[second]) - _count(x2 & z2)
    turns += 2 * _count(z[first] & x[second])
    real = turns % 2 == 0
    half = np.where(pair[first] == pair[second], 0.5, 1.0)
    weight2 = (1.0 - turns % 4) * half * weight[first] * weight[second]
    place2 = pair[first] * len(p) + pair[second]
    words, index, signs = _mapped(
        np.concatenate([x, x2[real]]), np.concatenate([z, z2[real]]), mapping
    )
    ones = len(x)
    return _Structure(
        qubits=mapping.qubits,
        p=p,
        q=q,
        words=words,
        single=_Weights(index[:ones], pair, weight * signs[:ones], len(words)),
        double=_Weights(index[ones:], place2[real], weight2[real] * signs[ones:], len(words)),
    )


def _pair_words(
    p: _Places, q: _Places, orbitals: int
) -> tuple[_Places, _Places, FloatArray, _Places]:
    """Words of ``S_pq``: X bits, Z bits, weight, and the index of the pair."""
    x, z, weight, pair = [], [], [], []
    for index, (low, high) in enumerate(zip(p.tolist(), q.tolist(), strict=True)):
        for shift in (0, orbitals):
            ends = 1 << low | 1 << high
            string = (1 << high) - (2 << low) if high > low else 0
            x += [ends << shift, ends << shift] if high > low else [0, 0]
            z += [string << shift, (string | ends) << shift]
            weight += [0.5, 0.5 if high > low else -0.5]
            pair += [index, index]
    return np.array(x), np.array(z), np.array(weight), np.array(pair)


def _mapped(
    x: _Places, z: _Places, mapping: QubitMapping
) -> tuple[tuple[PauliWord, ...], _Places, FloatArray]:
    """Different words on the mapping's qubits; for each given word, which it is and its sign."""
    plain, where = np.unique(np.stack([x, z], axis=1), axis=0, return_inverse=True)
    places: dict[PauliWord, int] = {}
    index, signs = np.empty(len(plain), dtype=np.int64), np.empty(len(plain))
    for k, (bits, phases) in enumerate(plain.tolist()):
        word, signs[k] = mapping.word(PauliWord(bits, phases))
        index[k] = places.setdefault(word, len(places))
    where = where.ravel()
    return tuple(places), index[where], signs[where]


def _count(bits: _Places) -> _Places:
    counts: _Places = np.bitwise_count(bits).astype(np.int64)
    return counts
