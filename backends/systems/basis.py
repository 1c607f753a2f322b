"""Basis sets of spherical Gaussians: how many orbitals each puts on an atom of H to Ar.

The numbers are those of PySCF's sets, so that sizes are known without loading it. Zero means that
the set has no functions for the element.
"""

from __future__ import annotations

from backends.systems.elements import ELEMENTS, nuclear_charge

# Runs of elements in order of nuclear charge: (orbitals, how many elements).
_RUNS: dict[str, tuple[tuple[int, int], ...]] = {
    "sto-3g": ((1, 2), (5, 8), (9, 8)),
    "sto-6g": ((1, 2), (5, 8), (9, 8)),
    "3-21g": ((2, 2), (9, 8), (13, 8)),
    "6-31g": ((2, 2), (9, 8), (13, 8)),
    "6-31g*": ((2, 2), (14, 8), (18, 8)),
    "6-31g**": ((5, 2), (14, 8), (18, 8)),
    "6-31+g*": ((2, 2), (18, 8), (22, 8)),
    "6-311g**": ((6, 2), (18, 8), (26, 8)),
    "cc-pvdz": ((5, 2), (14, 8), (18, 8)),
    "cc-pvtz": ((14, 2), (30, 8), (34, 8)),
    "cc-pvqz": ((30, 2), (55, 8), (59, 8)),
    "cc-pcvdz": ((0, 2), (18, 8), (27, 8)),
    "aug-cc-pvdz": ((9, 2), (23, 8), (27, 8)),
    "aug-cc-pvtz": ((23, 2), (46, 8), (50, 8)),
    "def2-svp": ((5, 2), (9, 2), (14, 6), (15, 1), (18, 7)),
    "def2-tzvp": ((6, 2), (14, 1), (19, 1), (31, 6), (32, 2), (37, 6)),
}

BASES: tuple[str, ...] = tuple(_RUNS)


def orbitals(basis: str, element: str) -> int:
    """Orbitals of one atom."""
    table = [size for size, repeats in _RUNS[basis] for _ in range(repeats)]
    return table[ELEMENTS.index(element)]


def core_orbitals(element: str) -> int:
    """Orbitals of the noble-gas core of an atom, all of them doubly occupied."""
    charge = nuclear_charge(element)
    return (charge > 2) + 4 * (charge > 10)
