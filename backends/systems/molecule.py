"""A molecule in a finite basis, its geometry driven by controls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems.active_space import ActiveSpace
from backends.systems.basis import BASES, core_orbitals, orbitals
from backends.systems.control import Control
from backends.systems.document import Document, is_number
from backends.systems.elements import ELEMENTS, nuclear_charge
from backends.systems.observable import ObservableSpec
from backends.systems.system import System

MOLECULE_SCHEMA_VERSION = 1
MAPPINGS = ("jordan_wigner", "parity", "bravyi_kitaev")
MAX_ATOMS = 16
CLOSEST_ANGSTROM = 0.05

ENERGY = ObservableSpec(
    name="energy",
    label="Ground-state energy (total: electronic + nuclear)",
    unit="hartree",
    variational=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """An element at a place whose coordinates are numbers (angstrom) or names of controls."""

    element: str
    position: tuple[float | str, float | str, float | str]

    @classmethod
    def parse(cls, document: Document, controls: Sequence[str]) -> Atom:
        document.only("element", "position")
        element = document.choice("element", ELEMENTS)
        entries = document.items("position", 3, 3)
        for axis, entry in enumerate(entries):
            if not is_number(entry) and not (isinstance(entry, str) and entry in controls):
                raise ProgramRejected(
                    f"position = {entry!r}; allowed: a finite number, "
                    + (", ".join(controls) or "no control is declared"),
                    field=f"{document.at('position')}/{axis}",
                )
        x, y, z = (entry if isinstance(entry, str) else float(entry) for entry in entries)
        return cls(element=element, position=(x, y, z))


@dataclass(frozen=True, slots=True, kw_only=True)
class Molecule(System):
    """Atoms, electrons, a basis set, and the mapping from electrons to qubits.

    Attributes:
        spin: Number of unpaired electrons, 2S.
        mapping: ``parity`` drops the two qubits that the symmetries fix.
        space: Which orbitals are frozen, active and empty.
    """

    kind: ClassVar[str] = "molecule"
    atoms: tuple[Atom, ...]
    charge: int
    spin: int
    basis: str
    mapping: str
    space: ActiveSpace

    @classmethod
    def parse(cls, document: Document) -> Molecule:
        """Read a molecule.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        document.only(
            "kind", "schema_version", "atoms", "charge", "spin", "basis", "frozen_core",
            "active_space", "mapping", "controls",
        )  # fmt: skip
        document.integer("schema_version", MOLECULE_SCHEMA_VERSION, MOLECULE_SCHEMA_VERSION)
        controls = tuple(map(Control.parse_length, document.documents("controls", 0, 16, ())))
        names = [control.name for control in controls]
        atoms = tuple(Atom.parse(atom, names) for atom in document.documents("atoms", 1, MAX_ATOMS))
        _check_names(document, names, atoms)
        charge = document.integer("charge", -100, 100, 0)
        spin = document.integer("spin", 0, 100, 0)
        basis = document.choice("basis", BASES)
        mapping = document.choice("mapping", MAPPINGS, MAPPINGS[0])
        electrons = _electrons(document, atoms, charge, spin)
        space = ActiveSpace.parse(
            document,
            electrons=electrons,
            spin=spin,
            orbitals=_orbitals(document, atoms, basis),
            cores=sum(core_orbitals(atom.element) for atom in atoms),
        )
        return cls(
            controls=controls,
            atoms=atoms,
            charge=charge,
            spin=spin,
            basis=basis,
            mapping=mapping,
            space=space,
        )

    @property
    def observables(self) -> tuple[ObservableSpec, ...]:
        return (ENERGY,)

    @property
    def electrons(self) -> int:
        """Number of electrons, the frozen ones too."""
        return 2 * self.space.core + sum(self.space.electrons)

    @property
    def orbitals(self) -> int:
        """Number of orbitals of the basis."""
        return sum(orbitals(self.basis, atom.element) for atom in self.atoms)

    @property
    def qubits(self) -> int:
        """Number of qubits of the mapped Hamiltonian."""
        return 2 * self.space.orbitals - (2 if self.mapping == "parity" else 0)

    def positions(self, points: FloatArray) -> FloatArray:
        """Place the atoms: shape ``(P, A, 3)`` in angstrom, for points of shape ``(P, C)``."""
        column = {control.name: index for index, control in enumerate(self.controls)}
        placed = np.empty((len(points), len(self.atoms), 3))
        for index, atom in enumerate(self.atoms):
            for axis, entry in enumerate(atom.position):
                place = points[:, column[entry]] if isinstance(entry, str) else entry
                placed[:, index, axis] = place
        return placed

    def check_points(self, points: Sequence[Sequence[float]] | FloatArray) -> None:
        """Refuse points outside the bounds, and those that put two atoms on one place.

        Raises:
            ProgramRejected: Points at the first bad value, e.g. ``/points/3/0``.
        """
        System.check_points(self, points)
        placed = self.positions(np.asarray(points, dtype=np.float64).reshape(len(points), -1))
        first, second = np.triu_indices(len(self.atoms), 1)
        distances = np.linalg.norm(placed[:, first] - placed[:, second], axis=2)
        for row, pair in np.argwhere(distances < CLOSEST_ANGSTROM):
            raise ProgramRejected(
                f"atoms {first[pair]} and {second[pair]} are {distances[row, pair]:g} angstrom "
                f"apart; allowed: {CLOSEST_ANGSTROM} or more",
                field=f"/points/{row}",
            )

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "schema_version": MOLECULE_SCHEMA_VERSION,
            "atoms": [
                {"element": atom.element, "position": list(atom.position)} for atom in self.atoms
            ],
            "charge": self.charge,
            "spin": self.spin,
            "basis": self.basis,
            **self.space.to_dict(),
            "mapping": self.mapping,
            "controls": [control.to_dict() for control in self.controls],
        }


def _check_names(document: Document, names: list[str], atoms: tuple[Atom, ...]) -> None:
    used = {entry for atom in atoms for entry in atom.position}
    for index, name in enumerate(names):
        if name in names[:index]:
            raise ProgramRejected(
                f"{name!r} is declared twice; allowed: each name once",
                field=f"{document.at('controls')}/{index}/name",
            )
        if name not in used:
            raise ProgramRejected(
                f"{name!r} places no atom; allowed: names that a position uses",
                field=f"{document.at('controls')}/{index}/name",
            )


def _electrons(document: Document, atoms: tuple[Atom, ...], charge: int, spin: int) -> int:
    electrons = sum(nuclear_charge(atom.element) for atom in atoms) - charge
    if electrons < 1:
        raise ProgramRejected(
            f"charge = {charge} leaves {electrons} electrons; allowed: at most "
            f"{electrons + charge - 1}",
            field=document.at("charge"),
        )
    if spin > electrons or (electrons - spin) % 2:
        raise ProgramRejected(
            f"spin = {spin} with {electrons} electrons; allowed: "
            f"{', '.join(map(str, range(electrons % 2, min(electrons, 8) + 1, 2)))}",
            field=document.at("spin"),
        )
    return electrons


def _orbitals(document: Document, atoms: tuple[Atom, ...], basis: str) -> int:
    sizes = [orbitals(basis, atom.element) for atom in atoms]
    if not all(sizes):
        missing = atoms[sizes.index(0)].element
        allowed = [name for name in BASES if orbitals(name, missing)]
        raise ProgramRejected(
            f"basis = {basis!r} has no {missing}; allowed: {', '.join(allowed)}",
            field=document.at("basis"),
        )
    return sum(sizes)
