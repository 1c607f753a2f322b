"""Covalent radii: Cordero et al., Dalton Trans. 2832 (2008), table 2, in angstrom."""

from __future__ import annotations

COVALENT = {
    "H": 0.31, "He": 0.28, "Li": 1.28, "Be": 0.96, "B": 0.84, "C": 0.76, "N": 0.71, "O": 0.66,
    "F": 0.57, "Ne": 0.58, "Na": 1.66, "Mg": 1.41, "Al": 1.21, "Si": 1.11, "P": 1.07, "S": 1.05,
    "Cl": 1.02, "Ar": 1.06,
}  # fmt: skip

TOLERANCE = 0.45
"""Atoms this much farther apart than their radii add up to are still bonded, angstrom, as Open
Babel has it (O'Boyle et al., J. Cheminform. 3, 33 (2011))."""


def bonded(one: str, other: str, distance: float) -> bool:
    """Whether two elements at a distance in angstrom count as bonded."""
    return distance <= COVALENT[one] + COVALENT[other] + TOLERANCE
