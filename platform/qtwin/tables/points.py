"""Reading POINTS.csv: where to predict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.tables.sheet import read_sheet
from qtwin.tables.spec import Spec
from qtwin.tables.text import quoted, suggestion

MOST_POINTS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Points:
    """Points in the order of the file: ``x`` has shape ``(M, D)``, with what was not used."""

    file: str
    x: FloatArray
    lines: tuple[int, ...]
    warnings: tuple[str, ...]


def read_points(file: str, spec: Spec, *, more: tuple[str, ...] = ()) -> Points:
    """Read POINTS.csv; points outside the bounds of the controls are allowed.

    Args:
        file: Its name.
        spec: The controls.
        more: Columns that somebody else reads.

    Raises:
        FileRefused: It is malformed, or has too many rows.
    """
    sheet = read_sheet(file)
    names = tuple(control.name for control in spec.controls)
    sheet.need(names)
    if len(sheet.rows) > MOST_POINTS:
        sheet.refuse(f"{len(sheet.rows)} points; allowed: {MOST_POINTS}", MOST_POINTS)
    extra = [name for name in sheet.header if name and name not in (*names, *more)]
    return Points(
        file=file,
        x=np.column_stack([sheet.numbers(name) for name in names]),
        lines=sheet.lines,
        warnings=tuple(
            f"{file}: column {quoted(name)} is not used{suggestion(name, list(names))}"
            for name in extra
        ),
    )
