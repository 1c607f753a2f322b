"""Fermi-Hubbard terms and observables as Pauli words, by Jordan and Wigner's transformation.

Site ``i`` with spin up is qubit ``i``, with spin down qubit ``i + N``; ``c_p = Z_0 ... Z_(p-1)
(X_p + i Y_p) / 2`` and ``n_p = (1 - Z_p) / 2`` (Z. Phys. 47, 631 (1928)), so that for ``p < q``
``c+_p c_q + c+_q c_p = (X_p Z_(p+1) ... Z_(q-1) X_q + Y_p Z_(p+1) ... Z_(q-1) Y_q) / 2``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations, product

from backends.systems.lattice import Bonds, Lattice
from backends.systems.observable import ObservableSpec
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.qubit_observables import plain

Words = dict[PauliWord, float]


def hopping(sites: int, bonds: Bonds, weights: Iterable[float]) -> Words:
    """``sum w_ij (c+_i c_j + c+_j c_i)`` over both spins."""
    words: Words = {}
    for (i, j), weight in zip(bonds, weights, strict=True):
        for p, q in ((i, j), (i + sites, j + sites)):
            ends = 1 << p | 1 << q
            string = (1 << q) - (1 << (p + 1))
            words[PauliWord(ends, string)] = weight / 2
            words[PauliWord(ends, string | ends)] = weight / 2
    return words


def occupation(qubit: int) -> Words:
    """``n``."""
    return {PauliWord(0, 0): 0.5, PauliWord(0, 1 << qubit): -0.5}


def density(sites: int, site: int) -> Words:
    """``n_up + n_down``."""
    return added((1.0, occupation(site)), (1.0, occupation(site + sites)))


def spin(sites: int, site: int) -> Words:
    """``S^z = (n_up - n_down) / 2``."""
    return added((0.5, occupation(site)), (-0.5, occupation(site + sites)))


def double(sites: int, site: int) -> Words:
    """``n_up n_down``."""
    return times(occupation(site), occupation(site + sites))


def added(*parts: tuple[float, Words]) -> Words:
    """Sum of weighted sums."""
    total: defaultdict[PauliWord, float] = defaultdict(float)
    for weight, words in parts:
        for word, value in words.items():
            total[word] += weight * value
    return {word: value for word, value in total.items() if value}


def times(left: Words, right: Words) -> Words:
    """Product of two diagonal sums."""
    total: defaultdict[PauliWord, float] = defaultdict(float)
    for (one, a), (two, b) in product(left.items(), right.items()):
        total[PauliWord(0, one.z ^ two.z)] += a * b
    return dict(total)


def specs(lattice: Lattice, *, sites: bool) -> tuple[ObservableSpec, ...]:
    """What `operators` holds."""
    made = [
        plain("density", "Electrons per site", 0.0, 2.0),
        plain("double_occupancy", "Probability of two electrons on a site", 0.0, 1.0),
        plain("local_moment", "Local moment: mean square of n_up - n_down", 0.0, 1.0),
        plain("spin_z", "Spin per site along z, in units of hbar", -0.5, 0.5),
        plain("spin_correlation", "Nearest-neighbour correlation of S^z", -0.25, 0.25),
    ]
    if lattice.signs is not None:
        made += [
            plain("staggered_squared", "Staggered spin per site along z, squared", 0.0, 0.25),
            plain("charge_order", "Staggered density per site, squared", 0.0, 1.0),
        ]
    if sites:
        made += [
            plain(f"density_{i}", f"Electrons on site {i}", 0.0, 2.0) for i in range(lattice.sites)
        ]
    return tuple(made)


def operators(lattice: Lattice, *, sites: bool) -> dict[str, PauliSum]:
    """Each observable of `specs`."""
    size = lattice.sites
    share = 1 / size
    densities = [density(size, i) for i in range(size)]
    spins = [spin(size, i) for i in range(size)]
    doubles = [double(size, i) for i in range(size)]
    bonds = [(1 / len(lattice.bonds), times(spins[i], spins[j])) for i, j in lattice.bonds]
    words = {
        "density": added(*((share, one) for one in densities)),
        "double_occupancy": added(*((share, one) for one in doubles)),
        "local_moment": added(
            *((share, one) for one in densities), *((-2 * share, one) for one in doubles)
        ),
        "spin_z": added(*((share, one) for one in spins)),
        "spin_correlation": added(*bonds),
    }
    if lattice.signs is not None:
        words["staggered_squared"] = _squared(lattice.signs, spins)
        words["charge_order"] = _squared(lattice.signs, densities)
    if sites:
        words |= {f"density_{i}": one for i, one in enumerate(densities)}
    return {name: PauliSum(2 * size, found) for name, found in words.items()}


def _squared(signs: Sequence[int], parts: Sequence[Words]) -> Words:
    """``(sum_i s_i A_i / N)^2`` of sums of words that are their own inverse and commute."""
    size = len(parts)
    total = added(*((sign / size, part) for sign, part in zip(signs, parts, strict=True)))
    square: defaultdict[int, float] = defaultdict(float)
    square[0] = sum(value**2 for value in total.values())
    for (one, a), (two, b) in combinations([(word.z, c) for word, c in total.items()], 2):
        square[one ^ two] += 2 * a * b
    return {PauliWord(0, z): value for z, value in square.items()}
