"""Lines of a CSV file that a spreadsheet takes for data, never for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def line(cells: Sequence[Any]) -> bytes:
    """One line, with its end."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerow([cell(one) for one in cells])
    return stream.getvalue().encode()


def cell(value: Any) -> str:
    """Its text; one that would be a formula has an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
