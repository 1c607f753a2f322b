"""A picture with what belongs beside it: a sentence, facts, and its numbers as a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from qtwin.drawing.element import Element

Cell = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table: what a picture shows, for those who read it."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One drawing.

    Attributes:
        svg: None where there is nothing to see.
        notes: Sentences that the drawing does not say by itself, such as where it was drawn.
        facts: Names and values, such as the number of qubits.
        model: JSON values from which a script draws it anew, or None.
    """

    svg: Element | None
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    sheets: tuple[Sheet, ...] = ()
    model: Any = field(default=None)
