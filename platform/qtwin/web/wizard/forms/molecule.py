"""The form of a molecule."""

from __future__ import annotations

from backends.systems.basis import BASES
from backends.systems.molecule import MAPPINGS
from qtwin.web.wizard import notation
from qtwin.web.wizard.field import Field, options, whole
from qtwin.web.wizard.forms.parts import Group

MOLECULE = (
    Group(
        "Atoms",
        (
            Field(
                at="/atoms",
                label="Atoms",
                kind="lines",
                unit="Å",
                needed=True,
                help="A line for each: element and three coordinates, with commas where they have "
                "blanks; an XYZ file works too. A name, such as bond_length, or an expression in "
                "place of a number makes a control.",
                read=notation.atoms_read,
                show=notation.atoms_shown,
                computed=True,
                rows=5,
            ),
        ),
    ),
    Group(
        "Electrons",
        (
            Field(at="/basis", label="Basis set", kind="choice", choices=options(*BASES), read=str),
            Field(at="/charge", label="Charge", unit="e", read=whole, otherwise="0"),
            Field(at="/spin", label="Unpaired electrons", read=whole, otherwise="0"),
            Field(
                at="/mapping",
                label="Mapping to qubits",
                kind="choice",
                choices=options(
                    *MAPPINGS,
                    jordan_wigner="Jordan-Wigner",
                    bravyi_kitaev="Bravyi-Kitaev",
                    parity="parity, two qubits fewer",
                ),
                read=str,
            ),
        ),
    ),
    Group(
        "Active space",
        (
            Field(at="/frozen_core", label="Keep the cores of the atoms frozen", kind="flag"),
            Field(at="/active_space/electrons", label="Active electrons", read=whole),
            Field(at="/active_space/orbitals", label="Active orbitals", read=whole),
            Field(
                at="/active_space/follow",
                label="Follow the orbitals along the controls",
                kind="flag",
            ),
        ),
        more=True,
    ),
)
