"""Magnetisations, correlations and order parameters of spins on a lattice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import combinations
from types import MappingProxyType

from backends.systems.lattice import Lattice
from backends.systems.observable import ObservableSpec
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.qubit_observables import plain


def specs(lattice: Lattice) -> tuple[ObservableSpec, ...]:
    """What `operators` holds; staggered order only where neighbours lie on two sublattices."""
    staggered = plain("staggered_squared", "Staggered magnetisation squared, along z", 0.0, 1.0)
    return (
        plain("magnetisation_x", "Magnetisation along x", -1.0, 1.0),
        plain("magnetisation_z", "Magnetisation along z", -1.0, 1.0),
        plain("magnetisation_squared", "Magnetisation squared, along z", 0.0, 1.0),
        *(() if lattice.signs is None else (staggered,)),
        plain("correlation_zz", "Nearest-neighbour correlation ZZ", -1.0, 1.0),
        plain("correlation_xx", "Nearest-neighbour correlation XX", -1.0, 1.0),
        plain("end_to_end_zz", "Correlation ZZ of the first and the last site", -1.0, 1.0),
    )


@lru_cache(maxsize=8)
def operators(lattice: Lattice) -> Mapping[str, PauliSum]:
    """Each observable of `specs` as a Pauli sum, qubit ``q`` being site ``q``.

    Kept, since the squares of 256 sites have 32 641 terms each and every backend asks for them.
    """
    sites, bonds = range(lattice.sites), lattice.bonds
    share = 1 / lattice.sites
    words = {
        "magnetisation_x": {word(x=(q,)): share for q in sites},
        "magnetisation_z": {word(z=(q,)): share for q in sites},
        "magnetisation_squared": _squared([1] * lattice.sites),
        "correlation_zz": {word(z=pair): 1 / len(bonds) for pair in bonds},
        "correlation_xx": {word(x=pair): 1 / len(bonds) for pair in bonds},
        "end_to_end_zz": {word(z=(0, lattice.sites - 1)): 1.0},
    }
    if lattice.signs is not None:
        words["staggered_squared"] = _squared(lattice.signs)
    sums = {name: PauliSum(lattice.sites, terms) for name, terms in words.items()}
    return MappingProxyType(sums)


def word(*, x: Iterable[int] = (), z: Iterable[int] = ()) -> PauliWord:
    """X on some sites and Z on some; both make Y."""
    return PauliWord(sum(1 << q for q in x), sum(1 << q for q in z))


def _squared(signs: Iterable[int]) -> dict[PauliWord, float]:
    """``(sum_i s_i Z_i / N)^2``, signs of 1 and -1."""
    numbered = list(enumerate(signs))
    size = len(numbered)
    terms = {word(): 1 / size}
    for (i, a), (j, b) in combinations(numbered, 2):
        terms[word(z=(i, j))] = 2 * a * b / size**2
    return terms
