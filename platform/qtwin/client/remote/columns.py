"""Data to import, as the CSV text that a request carries."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from qtwin.client.remote.points import plain

Data: TypeAlias = str | Path | Mapping[str, Any]
"""CSV text, the path of a CSV file, or columns by name (a table of pandas is such)."""


def csv_text(data: Data | Any, *, source: str | None = None) -> str:
    """The data as CSV; with ``source`` in a column of its own.

    Raises:
        ValueError: There is such a column already, or columns have different lengths.
    """
    if isinstance(data, str):
        rows = _rows(data)
    elif isinstance(data, Path):
        rows = _rows(data.read_text(encoding="utf-8-sig"))
    else:
        columns = {str(name): plain(data[name]) for name in data}
        rows = [list(columns), *(list(row) for row in zip(*columns.values(), strict=True))]
    if source is not None:
        rows = _with_source(rows, source)
    elif isinstance(data, str):
        return data
    return _written(rows)


def _rows(text: str) -> list[list[Any]]:
    return [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]


def _with_source(rows: list[list[Any]], source: str) -> list[list[Any]]:
    head, *body = rows or [[]]
    if "source" in [str(name).strip() for name in head]:
        raise ValueError(f"the data have a column source; allowed: that, or source={source!r}")
    return [["source", *head], *([source, *row] for row in body)]


def _written(rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        ["" if _is_absent(cell) else cell for cell in row] for row in rows
    )
    return text.getvalue()


def _is_absent(cell: Any) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell))
