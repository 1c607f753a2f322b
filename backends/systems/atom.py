"""Atoms at places that are expressions of controls, from a list or from XYZ text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems.document import Document
from backends.systems.elements import ELEMENTS
from backends.systems.expression import Expression

MAX_ATOMS = 16
MAX_XYZ_CHARACTERS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """An element at a place, in angstrom."""

    element: str
    position: tuple[Expression, Expression, Expression]

    @classmethod
    def parse(cls, document: Document, controls: Sequence[str]) -> Atom:
        document.only("element", "position")
        element = document.choice("element", ELEMENTS)
        at = document.at("position")
        x, y, z = (
            Expression.parse(entry, controls, at=f"{at}/{axis}")
            for axis, entry in enumerate(document.items("position", 3, 3))
        )
        return cls(element=element, position=(x, y, z))

    @property
    def names(self) -> frozenset[str]:
        """Controls that place it."""
        return frozenset().union(*(entry.names for entry in self.position))

    def places(self, columns: Mapping[str, FloatArray], rows: int) -> FloatArray:
        """Places at ``P`` points, shape ``(P, 3)``.

        Args:
            columns: For each control, its values, shape ``(P,)``; angles in radians.
            rows: P.
        """
        return np.stack([entry.values(columns, rows) for entry in self.position], axis=1)

    def to_dict(self) -> dict[str, Any]:
        return {"element": self.element, "position": [entry.source for entry in self.position]}


def parse_xyz(document: Document, controls: Sequence[str]) -> tuple[Atom, ...]:
    """Read ``xyz``: how many atoms, a comment, and a line for each, in angstrom.

    A coordinate may be an expression of controls without blanks.

    Raises:
        ProgramRejected: Names the line, its content and what is allowed.
    """
    at = document.at("xyz")
    text = document.long_text("xyz", MAX_XYZ_CHARACTERS)
    lines = text.strip("\n").splitlines()
    count = lines[0].strip() if lines else ""
    if not (count.isascii() and count.isdigit() and 1 <= int(count[:4]) <= MAX_ATOMS):
        raise ProgramRejected(
            f"line 1 is {count[:40]!r}; allowed: the number of atoms, 1 to {MAX_ATOMS}", field=at
        )
    rows = [line for line in lines[2:] if line.strip()]
    if len(rows) != int(count):
        raise ProgramRejected(
            f"line 1 says {int(count)} atoms and {len(rows)} follow the comment of line 2; "
            "allowed: one line for each atom",
            field=at,
        )
    return tuple(_xyz_atom(row, line, controls, at) for line, row in enumerate(rows, 3))


def _xyz_atom(row: str, line: int, controls: Sequence[str], at: str) -> Atom:
    entries = row.split()
    element = entries[0].capitalize()
    if len(entries) != 4 or element not in ELEMENTS:
        raise ProgramRejected(
            f"line {line} is {row[:60]!r}; allowed: an element from H to Ar and three coordinates",
            field=at,
        )
    try:
        x, y, z = (Expression.parse(_number(entry), controls, at=at) for entry in entries[1:])
    except ProgramRejected as error:
        raise ProgramRejected(f"line {line}: {error}", field=at) from None
    return Atom(element=element, position=(x, y, z))


def _number(entry: str) -> float | str:
    """A coordinate as a number if it is one; other texts are expressions."""
    try:
        return float(entry)
    except ValueError:
        return entry
