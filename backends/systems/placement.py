"""Controls that place atoms."""

from __future__ import annotations

from collections.abc import Sequence

from backends.errors import ProgramRejected
from backends.systems.atom import Atom
from backends.systems.control import Control
from backends.systems.document import Document

HALF_AND_FULL_TURN = (180.0, 360.0)
"""Degrees by which users turn an angle, or half of one, into radians."""


def names(document: Document, controls: Sequence[Control]) -> list[str]:
    """Names of the controls.

    Raises:
        ProgramRejected: One is declared twice.
    """
    found = [control.name for control in controls]
    for index, name in enumerate(found):
        if name in found[:index]:
            raise ProgramRejected(
                f"the control {name!r} is declared twice; allowed: each control once",
                field=f"{document.at('controls')}/{index}/name",
            )
    return found


def check(
    document: Document, controls: Sequence[Control], atoms: Sequence[Atom], given: str
) -> None:
    """Refuse controls that place no atom, and angles that are turned into radians again.

    Args:
        given: The field that the atoms come from.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    used = frozenset().union(*(atom.names for atom in atoms))
    for index, control in enumerate(controls):
        if control.name not in used:
            raise ProgramRejected(
                f"the control {control.name!r} places no atom; allowed: names that a position uses",
                field=f"{document.at('controls')}/{index}/name",
            )
    degrees = {control.name for control in controls if control.unit == "degree"}
    for number, atom in enumerate(atoms):
        for axis, entry in enumerate(atom.position):
            if entry.names & degrees and any(map(entry.has_number, HALF_AND_FULL_TURN)):
                at = f"{document.at('atoms')}/{number}/position/{axis}"
                raise ProgramRejected(
                    f"{entry.source!r} converts an angle again: one given in degree enters "
                    "expressions in radians; allowed: without pi / 180",
                    field=at if given == "atoms" else document.at(given),
                )
