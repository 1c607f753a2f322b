"""Modes of free fermions, their levels, and the covariances of their states.

``H = (i/4) sum M_ab g_a g_b + c = sum_k e_k (n_k - 1/2) + c`` with ``e_k >= 0``, where an
orthogonal ``Q`` turns ``M`` to blocks ``(0, e_k; -e_k, 0)``; the state without quasiparticles has
the parity ``det Q`` (Kitaev, Phys. Usp. 44, 131 (2001)).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from backends.classical.majorana import NotFree, Quadratic
from backends.classical.subset_sums import by_count, by_parity, different
from backends.schema.experiment import FloatArray
from backends.systems.pauli import ComplexArray
from backends.systems.qubit_system import Sector

SAME = 1e-9
"""Levels closer than this, relative to the energy scale, are one level."""
MOST_STATES = 256


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroundSpace:
    """Lowest different levels, and the covariance of each state of an orthogonal ground basis.

    Attributes:
        states: Empty where only the levels were asked for.
    """

    levels: FloatArray
    states: list[FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Modes:
    """Quasiparticles of one quadratic form.

    Attributes:
        energies: Not negative, shape ``(n,)``.
        turn: Q, shape ``(2n, 2n)``: columns ``2k`` and ``2k + 1`` belong to mode ``k``.
        constant: c.
    """

    energies: FloatArray
    turn: FloatArray
    constant: float

    @property
    def lowest(self) -> float:
        """Energy without quasiparticles."""
        return self.constant - float(self.energies.sum()) / 2

    @property
    def parity(self) -> int:
        """Of the state without quasiparticles."""
        return int(np.sign(np.linalg.slogdet(self.turn)[0]))

    def covariance(self, signs: FloatArray) -> FloatArray:
        """Of the state with ``<1 - 2 n_k>`` of each mode, shape ``(n,)``."""
        even, odd = self.turn[:, ::2], self.turn[:, 1::2]
        half = (even * signs) @ odd.T
        found: FloatArray = half.T - half
        return found


def modes(form: Quadratic, parity: int) -> Modes:
    """Diagonalise the form of one parity."""
    from scipy.linalg import schur

    blocks, turn = schur(form.matrix(parity), output="real")
    size, scale = len(blocks), float(np.abs(blocks).max(initial=1.0))
    pairs, single, k = [], [], 0
    while k < size:
        if k + 1 < size and abs(blocks[k, k + 1]) > 1e-13 * scale:
            pairs.append((k, k + 1) if blocks[k, k + 1] > 0 else (k + 1, k))
            k += 2
        else:
            single.append(k)
            k += 1
    energies = [abs(float(blocks[a, b])) for a, b in pairs] + [0.0] * (len(single) // 2)
    pairs += list(zip(single[::2], single[1::2], strict=True))
    columns = [column for pair in pairs for column in pair]
    return Modes(np.array(energies), turn[:, columns], form.constant(parity))


def ground(form: Quadratic, sector: Sector, *, states: bool) -> GroundSpace:
    """Lowest levels and, if they are asked for, ground states.

    Raises:
        NotFree: The fixed numbers are not conserved, or there are too many ground states.
    """
    if sector:
        return _of_numbers(form, sector, states=states)
    if not form.split:
        return _of_modes(modes(form, 1))
    both = [modes(form, parity) for parity in (1, -1)]
    same = SAME * max(1.0, *(float(one.energies.sum()) for one in both))
    odd = [int(one.parity != parity) for parity, one in zip((1, -1), both, strict=True)]
    levels = [
        one.lowest + by_parity(one.energies.tolist(), same)[count]
        for one, count in zip(both, odd, strict=True)
    ]
    every = different(np.concatenate(levels), same)
    kept: list[FloatArray] = []
    for one, count in zip(both if states else [], odd, strict=False):
        kept += _occupied(one, count, float(every[0]), same)
    return GroundSpace(levels=every, states=kept)


def _of_modes(found: Modes) -> GroundSpace:
    """Of modes that are filled freely: filled and empty zero modes average to a Gaussian state."""
    same = SAME * max(1.0, float(found.energies.sum()))
    sums = by_parity(found.energies.tolist(), same)
    signs = np.where(found.energies > same, 1.0, 0.0)
    levels = different(found.lowest + sums.reshape(-1), same)
    return GroundSpace(levels=levels, states=[found.covariance(signs)])


def _occupied(one: Modes, odd: int, energy: float, same: float) -> list[FloatArray]:
    """Covariances of the states of one parity that have the ground energy."""
    room = energy - one.lowest + same
    near = np.flatnonzero(one.energies <= room)
    found = []
    for count in range(odd, len(near) + 1, 2):
        if len(near) > 16:
            raise NotFree(f"more than {MOST_STATES} ground states")
        for chosen in combinations(near.tolist(), count):
            if one.energies[list(chosen)].sum() <= room:
                signs = np.ones(len(one.energies))
                signs[list(chosen)] = -1.0
                found.append(one.covariance(signs))
        if len(found) > MOST_STATES:
            raise NotFree(f"more than {MOST_STATES} ground states")
    return found


def hopping(form: Quadratic) -> tuple[ComplexArray, float]:
    """``h`` and ``c`` of ``sum h_pq a+_p a_q + c``.

    Raises:
        NotFree: The form does not conserve the number of particles.
    """
    m, scale = form.matrix(1), float(np.abs(form.matrices).max(initial=1.0))
    aa, ab, ba, bb = m[::2, ::2], m[::2, 1::2], m[1::2, ::2], m[1::2, 1::2]
    pairs = 0.25j * (aa - bb + 1j * (ab + ba))
    if form.split or form.axis != "Z" or np.abs(pairs).max() > 1e-12 * scale:
        raise NotFree("the numbers that the system fixes are not those of its free particles")
    single: ComplexArray = 0.25j * (aa + bb - 1j * (ab - ba))
    return 2 * single, form.constant(1) - float(np.trace(single).real)


def _of_numbers(form: Quadratic, sector: Sector, *, states: bool) -> GroundSpace:
    matrix, constant = hopping(form)
    size = len(matrix)
    places = [[q for q in range(size) if mask >> q & 1] for mask, _ in sector]
    joined = [q for group in places for q in group]
    outside = matrix.copy()
    for group in places:
        outside[np.ix_(group, group)] = 0.0
    if sorted(joined) != list(range(size)) or np.abs(outside).max() > 1e-12:
        raise NotFree("the numbers that the system fixes are not those of separate particles")
    levels, fillings = np.zeros(1), [np.zeros((size, size), dtype=np.complex128)]
    same = SAME * max(1.0, float(np.abs(matrix).sum(axis=0).max()) * size)
    for group, (_, count) in zip(places, sector, strict=True):
        energies, orbitals = np.linalg.eigh(matrix[np.ix_(group, group)])
        sums = by_count(energies.tolist(), count, same)[count]
        levels = different(np.add.outer(levels, sums).reshape(-1), same)
        if not states:
            continue
        fillings = [
            _placed(before, group, orbitals[:, chosen])
            for before in fillings
            for chosen in _fillings(energies, count, same)
        ]
        if len(fillings) > MOST_STATES:
            raise NotFree(f"more than {MOST_STATES} ground states")
    found = [_of_particles(c) for c in fillings] if states else []
    return GroundSpace(levels=constant + levels, states=found)


def _fillings(energies: FloatArray, count: int, same: float) -> list[list[int]]:
    """Which orbitals are filled in each ground state of so many particles."""
    if count in {0, len(energies)}:
        return [list(range(count))]
    last = energies[count - 1]
    full = np.flatnonzero(energies < last - same).tolist()
    shell = np.flatnonzero(np.abs(energies - last) <= same).tolist()
    left = count - len(full)
    if len(shell) > 12:
        raise NotFree(f"more than {MOST_STATES} ground states")
    return [full + list(chosen) for chosen in combinations(shell, left)]


def _placed(before: ComplexArray, group: list[int], filled: ComplexArray) -> ComplexArray:
    """``<a+_p a_q>`` with the filled orbitals of a group added."""
    found = before.copy()
    found[np.ix_(group, group)] = filled.conj() @ filled.T
    return found


def _of_particles(correlation: ComplexArray) -> FloatArray:
    """The covariance for ``<a+_p a_q>``; ``g_2q = a + a+`` and ``g_2q+1 = -i (a - a+)``."""
    size = len(correlation)
    empty = np.eye(size) - correlation.T
    found = np.zeros((2 * size, 2 * size), dtype=np.complex128)
    found[::2, ::2] = empty + correlation
    found[::2, 1::2] = 1j * (empty - correlation)
    found[1::2, ::2] = -1j * (empty - correlation)
    found[1::2, 1::2] = empty + correlation
    covariance: FloatArray = (1j * (found - np.eye(2 * size))).real
    return covariance
