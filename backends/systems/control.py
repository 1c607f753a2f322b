"""A named real parameter of a system."""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backends.errors import ProgramRejected
from backends.systems.document import Document
from backends.systems.expression import RESERVED

LENGTH_UNITS = ("angstrom",)
GEOMETRY_UNITS = (*LENGTH_UNITS, "degree", "radian")


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A control parameter, in its one canonical unit, between bounds that belong to the range."""

    name: str
    label: str
    unit: str
    lower: float
    upper: float

    @classmethod
    def parse_geometry(cls, document: Document) -> Control:
        """Read a control that is a length, which cannot be negative, or an angle.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        control = cls.parse(document, GEOMETRY_UNITS)
        if control.unit in LENGTH_UNITS and control.lower < 0:
            raise ProgramRejected(
                f"lower = {control.lower:g}: a length cannot be negative; allowed: 0 or more",
                field=document.at("lower"),
            )
        return control

    @classmethod
    def parse(cls, document: Document, units: Sequence[str]) -> Control:
        """Read a control in one of some units.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        document.only("name", "label", "unit", "lower", "upper")
        name = document.text("name")
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ProgramRejected(
                f"{name!r} is not a name; allowed: letters, digits and _, no digit first, and no "
                "word of Python's such as lambda",
                field=document.at("name"),
            )
        if name in RESERVED:
            raise ProgramRejected(
                f"{name!r} has a meaning in expressions; allowed: none of {', '.join(RESERVED)}",
                field=document.at("name"),
            )
        lower, upper = document.number("lower"), document.number("upper")
        if not lower < upper:
            raise ProgramRejected(
                f"upper = {upper:g}; allowed: more than lower = {lower:g}",
                field=document.at("upper"),
            )
        return cls(
            name=name,
            label=document.text("label", name),
            unit=document.choice("unit", units),
            lower=lower,
            upper=upper,
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": self.label,
            "unit": self.unit,
            "lower": self.lower,
            "upper": self.upper,
        }
