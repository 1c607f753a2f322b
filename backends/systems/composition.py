"""Electrons and orbitals of atoms in a basis."""

from __future__ import annotations

from collections.abc import Sequence

from backends.errors import ProgramRejected
from backends.systems import basis as basis_sets
from backends.systems.atom import Atom
from backends.systems.document import Document
from backends.systems.elements import nuclear_charge


def electrons(document: Document, atoms: Sequence[Atom], charge: int, spin: int) -> int:
    """How many electrons there are.

    Raises:
        ProgramRejected: There are none, or not as many unpaired ones.
    """
    count = sum(nuclear_charge(atom.element) for atom in atoms) - charge
    if count < 1:
        raise ProgramRejected(
            f"charge = {charge} leaves {count} electrons; allowed: at most {count + charge - 1}",
            field=document.at("charge"),
        )
    if spin > count or (count - spin) % 2:
        raise ProgramRejected(
            f"spin = {spin} with {count} electrons; allowed: "
            f"{', '.join(map(str, range(count % 2, min(count, 8) + 1, 2)))}",
            field=document.at("spin"),
        )
    return count


def orbitals(document: Document, atoms: Sequence[Atom], basis: str) -> int:
    """How many orbitals the basis has.

    Raises:
        ProgramRejected: It has none for an element.
    """
    sizes = [basis_sets.orbitals(basis, atom.element) for atom in atoms]
    if not all(sizes):
        missing = atoms[sizes.index(0)].element
        allowed = [name for name in basis_sets.BASES if basis_sets.orbitals(name, missing)]
        raise ProgramRejected(
            f"basis = {basis!r} has no {missing}; allowed: {', '.join(allowed)}",
            field=document.at("basis"),
        )
    return sum(sizes)


def size(atoms: Sequence[Atom], basis: str) -> int:
    """Number of orbitals."""
    return sum(basis_sets.orbitals(basis, atom.element) for atom in atoms)


def core_orbitals(atoms: Sequence[Atom]) -> int:
    """Orbitals of the noble-gas cores."""
    return sum(basis_sets.core_orbitals(atom.element) for atom in atoms)
