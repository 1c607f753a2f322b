"""Molecules whose bonds are stretched."""

from __future__ import annotations

from typing import Any

from qtwin.projects.demo.h2 import SYSTEM as HYDROGEN
from qtwin.projects.templates.template import Template, control, document

KIND = "molecule"


def _line(*places: tuple[str, Any]) -> list[dict[str, Any]]:
    """Atoms along z."""
    return [{"element": element, "position": [0, 0, z]} for element, z in places]


def _bond(lower: float, upper: float) -> dict[str, Any]:
    return control("bond_length", "Bond length", "angstrom", lower, upper)


MOLECULES = (
    Template(
        key="h2",
        title="H2 dissociation",
        what="The smallest molecule, its bond stretched: 4 qubits, and an exact answer to check.",
        system=HYDROGEN,
        observables=("energy",),
    ),
    Template(
        key="lih",
        title="LiH dissociation",
        what="Lithium hydride with its core frozen: where Hartree-Fock starts to fail.",
        system=document(
            KIND,
            _bond(1.0, 4.0),
            atoms=_line(("Li", 0), ("H", "bond_length")),
            basis="sto-3g",
            frozen_core=True,
            mapping="parity",
        ),
        observables=("energy", "dipole_moment"),
    ),
    Template(
        key="h4",
        title="H4 chain",
        what="Four hydrogen atoms in a row pulled apart: strong correlation in 8 qubits.",
        system=document(
            KIND,
            control("spacing", "Distance of neighbours", "angstrom", 0.5, 2.5),
            atoms=_line(("H", 0), ("H", "spacing"), ("H", "2 * spacing"), ("H", "3 * spacing")),
            basis="sto-3g",
        ),
        observables=("energy",),
    ),
    Template(
        key="n2",
        title="N2 dissociation",
        what="A triple bond broken, in six electrons and six orbitals.",
        system=document(
            KIND,
            _bond(0.9, 2.5),
            atoms=_line(("N", 0), ("N", "bond_length")),
            basis="6-31g",
            active_space={"electrons": 6, "orbitals": 6},
            mapping="parity",
        ),
        observables=("energy",),
    ),
    Template(
        key="water",
        title="Water",
        what="Two controls, bond and angle, with four electrons in four orbitals active.",
        system=document(
            KIND,
            control("r", "O-H bond", "angstrom", 0.7, 2.0),
            control("angle", "H-O-H angle", "degree", 80.0, 150.0),
            atoms=[
                {"element": "O", "position": [0, 0, 0]},
                {"element": "H", "position": ["r * sin(angle / 2)", 0, "r * cos(angle / 2)"]},
                {"element": "H", "position": ["-r * sin(angle / 2)", 0, "r * cos(angle / 2)"]},
            ],
            basis="6-31g",
            active_space={"electrons": 4, "orbitals": 4},
            mapping="parity",
        ),
        observables=("energy",),
    ),
)
