"""A molecule: atoms in a finite basis, placed by controls, or integrals without a geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems import composition, fcidump, molecular_observables, placement
from backends.systems.active_space import ActiveSpace
from backends.systems.atom import MAX_ATOMS, Atom, parse_xyz
from backends.systems.basis import BASES
from backends.systems.control import Control
from backends.systems.document import Document
from backends.systems.fcidump import Fcidump
from backends.systems.observable import ObservableSpec
from backends.systems.system import System

MOLECULE_SCHEMA_VERSION = 1
MAPPINGS = ("jordan_wigner", "parity", "bravyi_kitaev")
INPUTS = ("atoms", "xyz", "fcidump")
CLOSEST_ANGSTROM = 0.05
FARTHEST_ANGSTROM = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Molecule(System):
    """Atoms, electrons, a basis set, and the mapping from electrons to qubits.

    Attributes:
        atoms: Empty where ``dump`` is given.
        spin: Number of unpaired electrons, 2S.
        basis: Empty where ``dump`` is given.
        mapping: ``parity`` drops the two qubits that the symmetries fix.
        space: Which orbitals are frozen, active and empty.
        xyz: The text from which the atoms were read, or empty.
        dump: Integrals in place of atoms and a basis, or None.
    """

    kind: ClassVar[str] = "molecule"
    atoms: tuple[Atom, ...]
    charge: int
    spin: int
    basis: str
    mapping: str
    space: ActiveSpace
    xyz: str = ""
    dump: Fcidump | None = None

    @classmethod
    def parse(cls, document: Document) -> Molecule:
        """Read a molecule.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        given = [name for name in INPUTS if document.entry(name, None) is not None]
        if len(given) > 1:
            raise ProgramRejected(
                f"{' and '.join(given)} are given; allowed: one of {', '.join(INPUTS)}",
                field=document.at(given[1]),
            )
        document.integer("schema_version", MOLECULE_SCHEMA_VERSION, MOLECULE_SCHEMA_VERSION)
        if not given:
            raise ProgramRejected(
                f"atoms is missing; allowed: one of {', '.join(INPUTS)}", field=document.at("atoms")
            )
        if given == ["fcidump"]:
            return cls._parse_dump(document)
        return cls._parse_atoms(document, *given)

    @classmethod
    def _parse_atoms(cls, document: Document, given: str) -> Molecule:
        document.only(
            "kind", "schema_version", "charge", "spin", "basis", "frozen_core",
            "active_space", "mapping", "controls", *INPUTS,
        )  # fmt: skip
        controls = tuple(map(Control.parse_geometry, document.documents("controls", 0, 16, ())))
        names = placement.names(document, controls)
        if given == "xyz":
            atoms = parse_xyz(document, names)
        else:
            entries = document.documents("atoms", 1, MAX_ATOMS)
            atoms = tuple(Atom.parse(entry, names) for entry in entries)
        placement.check(document, controls, atoms, given)
        charge = document.integer("charge", -100, 100, 0)
        spin = document.integer("spin", 0, 100, 0)
        basis = document.choice("basis", BASES)
        space = ActiveSpace.parse(
            document,
            electrons=composition.electrons(document, atoms, charge, spin),
            spin=spin,
            orbitals=composition.orbitals(document, atoms, basis),
            cores=composition.core_orbitals(atoms),
        )
        molecule = cls(
            controls=controls,
            atoms=atoms,
            charge=charge,
            spin=spin,
            basis=basis,
            mapping=document.choice("mapping", MAPPINGS, MAPPINGS[0]),
            space=space,
            xyz=document.entry("xyz", "") if given == "xyz" else "",
        )
        _check_follow(document, molecule)
        return molecule

    @classmethod
    def _parse_dump(cls, document: Document) -> Molecule:
        document.only(
            "kind", "schema_version", "fcidump", "frozen_core", "active_space", "mapping",
            "controls",
        )  # fmt: skip
        document.items("controls", 0, 0, ())
        dump = fcidump.parse(document.entry("fcidump", None), at=document.at("fcidump"))
        if document.entry("frozen_core", None) is True:
            raise ProgramRejected(
                "frozen_core = true: an FCIDUMP names no atoms; allowed: a number of orbitals",
                field=document.at("frozen_core"),
            )
        space = ActiveSpace.parse(
            document,
            electrons=dump.electrons,
            spin=dump.spin,
            orbitals=dump.orbitals,
            cores=0,
        )
        molecule = cls(
            controls=(),
            atoms=(),
            charge=0,
            spin=dump.spin,
            basis="",
            mapping=document.choice("mapping", MAPPINGS, MAPPINGS[0]),
            space=space,
            dump=dump,
        )
        _check_follow(document, molecule)
        return molecule

    @property
    def observables(self) -> tuple[ObservableSpec, ...]:
        return molecular_observables.specs(placed=self.dump is None)

    @property
    def electrons(self) -> int:
        """Number of electrons, the frozen ones too."""
        return 2 * self.space.core + sum(self.space.electrons)

    @property
    def orbitals(self) -> int:
        """Number of orbitals of the basis."""
        if self.dump is not None:
            return self.dump.orbitals
        return composition.size(self.atoms, self.basis)

    @property
    def qubits(self) -> int:
        """Number of qubits of the mapped Hamiltonian."""
        return 2 * self.space.orbitals - (2 if self.mapping == "parity" else 0)

    def positions(self, points: FloatArray) -> FloatArray:
        """Place the atoms: shape ``(P, A, 3)`` in angstrom, for points of shape ``(P, C)``."""
        columns = {
            control.name: np.radians(points[:, i]) if control.unit == "degree" else points[:, i]
            for i, control in enumerate(self.controls)
        }
        placed = [atom.places(columns, len(points)) for atom in self.atoms]
        return np.stack(placed, axis=1) if placed else np.empty((len(points), 0, 3))

    def check_points(self, points: Sequence[Sequence[float]] | FloatArray) -> None:
        """Refuse points outside the bounds, and those with atoms on one place or nowhere.

        Raises:
            ProgramRejected: Points at the first bad value, e.g. ``/points/3/0``.
        """
        System.check_points(self, points)
        columns = np.asarray(points, dtype=np.float64).reshape(len(points), len(self.controls))
        placed = self.positions(columns)
        for row, atom in np.argwhere(~(np.abs(placed) <= FARTHEST_ANGSTROM).all(axis=2)):
            raise ProgramRejected(
                f"atom {atom} is at {placed[row, atom].tolist()}; allowed: coordinates up to "
                f"{FARTHEST_ANGSTROM:g} angstrom",
                field=f"/points/{row}",
            )
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
            **self._input(),
            **self.space.to_dict(),
            "mapping": self.mapping,
            "controls": [control.to_dict() for control in self.controls],
        }

    def _input(self) -> dict[str, Any]:
        """What the document says before orbitals are chosen."""
        if self.dump is not None:
            return {"fcidump": self.dump.text}
        return {
            **(
                {"xyz": self.xyz}
                if self.xyz
                else {"atoms": [atom.to_dict() for atom in self.atoms]}
            ),
            "charge": self.charge,
            "spin": self.spin,
            "basis": self.basis,
        }


def _check_follow(document: Document, molecule: Molecule) -> None:
    """Refuse orbitals that follow where nothing moves, or from a place that cannot be."""
    if not molecule.space.follow:
        return
    field = f"{document.at('active_space')}/follow"
    if not molecule.controls:
        raise ProgramRejected(
            "follow = true without controls; allowed: false, as nothing moves", field=field
        )
    try:
        molecule.check_points(molecule.middle)
    except ProgramRejected as error:
        raise ProgramRejected(
            f"follow = true, and at the middle of the ranges {error}", field=field
        ) from None
