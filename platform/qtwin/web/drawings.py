"""Drawings as pages show them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from backends.errors import ProgramRejected
from qtwin.drawing.element import Element
from qtwin.drawing.figure import Cell, Figure, Sheet
from qtwin.drawing.system import system_figure

MOST_ROWS = 500
"""Of a table in a page."""
NUMBERED, UNSCALED = 360, 480
"""Widths in px from which a picture scrolls instead of shrinking: a map with numbers, others."""


class Table:
    """The beginning of a sheet for a template: cells with whether they are numbers."""

    def __init__(self, sheet: Sheet) -> None:
        self.name, self.head, self.all = sheet.name, sheet.head, len(sheet.rows)
        self.rows = [
            [(_shown(cell), isinstance(cell, int | float)) for cell in row]
            for row in sheet.rows[:MOST_ROWS]
        ]
        self.more = self.all > MOST_ROWS


class Drawn:
    """A figure for a template; it does not fail where a document cannot be drawn."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure

    @property
    def svg(self) -> SafeString | None:
        """The picture."""
        return None if self.figure.svg is None else markup(self.figure.svg)

    @property
    def sheets(self) -> list[Table]:
        """Its tables, as far as a page holds them."""
        return [Table(sheet) for sheet in self.figure.sheets]

    @property
    def title(self) -> str:
        """Name of the picture."""
        return "" if self.figure.svg is None else _title(self.figure.svg)

    @property
    def wide(self) -> bool:
        """Whether it scrolls on its own where it does not fit, instead of shrinking."""
        svg = self.figure.svg
        most = NUMBERED if svg and "drawing-device" in str(svg.get("class")) else UNSCALED
        return svg is not None and float(svg.get("width", 0)) > most

    @property
    def model(self) -> str:
        """JSON text for a script, or nothing."""
        return "" if self.figure.model is None else json.dumps(self.figure.model)


def drawn_system(document: Mapping[str, Any]) -> Drawn:
    """A system; of a document that is none, or cannot be drawn, nothing."""
    try:
        return Drawn(system_figure(document))
    except (ProgramRejected, ValueError) as error:
        return Drawn(Figure(svg=None, notes=(f"No drawing: {error}.",)))


def markup(svg: Element) -> SafeString:
    """An element in a page; what users wrote is escaped in it (`qtwin.drawing.element`)."""
    return format_html("{}", svg)


def _shown(cell: Cell) -> str:
    if cell is None:
        return "–"
    return f"{cell:.10g}" if isinstance(cell, float) else str(cell)


def _title(svg: Element) -> str:
    return "".join(str(child) for child in next(svg.find("title")).children)
