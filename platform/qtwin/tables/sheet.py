"""A CSV file as columns of cells that know their line.

Commas separate cells; quotes, blank lines, CRLF, a byte order mark and blanks around cells are
fine. Columns may stand in any order.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.tables.node import LARGEST
from qtwin.tables.refusal import FileRefused
from qtwin.tables.text import quoted, read_text, suggestion

MOST_ROWS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A CSV file.

    Attributes:
        file: Its name.
        header: Names of the columns.
        rows: Cells of each row that is not blank, without blanks around them.
        lines: Line on which each row begins, counted from 1.
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def has(self, name: str) -> bool:
        """Whether there is such a column."""
        return name in self.header

    def need(self, names: tuple[str, ...]) -> None:
        """Refuse the file unless it has these columns."""
        for name in names:
            if name not in self.header:
                columns = ", ".join(self.header)
                hint = suggestion(name, list(self.header))
                separated = "; allowed: commas between cells" if _other_commas(self.header) else ""
                raise FileRefused(
                    f"no column {name!r}{hint} among {quoted(columns)}{separated}; "
                    f"needed: {', '.join(names)}",
                    file=self.file,
                    line=1,
                )

    def texts(self, name: str) -> tuple[str, ...]:
        """Cells of a column; empty ones where there is no such column."""
        if name not in self.header:
            return ("",) * len(self.rows)
        at = self.header.index(name)
        return tuple(row[at] for row in self.rows)

    def refuse(self, message: str, row: int, name: str = "") -> NoReturn:
        """Refuse one cell, or a row.

        Raises:
            FileRefused: Always.
        """
        column = self.header.index(name) + 1 if name in self.header else 0
        line = self.lines[row]
        raise FileRefused(message, file=self.file, line=line, column=column, name=name)

    def wrong(self, row: int, name: str, allowed: str) -> NoReturn:
        """Refuse the value of one cell."""
        value = self.texts(name)[row]
        self.refuse(f"{quoted(value) if value else 'empty'}; allowed: {allowed}", row, name)

    def numbers(self, name: str, allowed: str = "a finite number") -> FloatArray:
        """Cells of a column as finite numbers, shape ``(N,)``."""
        values = self.numbers_or_nan(name, allowed)
        for row in np.flatnonzero(np.isnan(values)):
            self.wrong(int(row), name, allowed)
        return values

    def numbers_or_nan(
        self, name: str, allowed: str = "a finite number, or nothing", *, infinite: bool = False
    ) -> FloatArray:
        """The same with NaN where a cell is empty; infinite ones pass when they may."""
        values = np.array([_number(text) for text in self.texts(name)], dtype=np.float64)
        filled = np.array([text != "" for text in self.texts(name)], dtype=np.bool_)
        good = np.abs(values) <= LARGEST
        if infinite:
            words = {"inf", "-inf", "+inf", "infinity", "+infinity", "-infinity"}
            good |= np.array([text.lower() in words for text in self.texts(name)], dtype=np.bool_)
        for row in np.flatnonzero(filled & ~good):
            self.wrong(int(row), name, allowed)
        return values


def _number(text: str) -> float:
    """A number, infinite when it is too large, or NaN."""
    try:
        return float("nan") if "_" in text else float(text)
    except ValueError:
        return float("nan")


def _other_commas(header: tuple[str, ...]) -> bool:
    return any(sign in name for name in header for sign in (";", "\t"))


def read_sheet(file: str) -> Sheet:
    """Read a CSV file.

    Raises:
        FileRefused: It has no header or no rows, a column twice, or rows of another width.
    """
    return sheet_of(file, read_text(file))


def sheet_of(file: str, text: str) -> Sheet:
    """Read the text of a CSV file; ``file`` is its name in errors.

    Raises:
        FileRefused: As `read_sheet`.
    """
    records = _records(file, text)
    first = next(records, None)
    if first is None:
        raise FileRefused("empty; allowed: a header and rows", file=file)
    line, header = first
    _check_header(file, line, header)
    rows, lines = [], []
    for line, row in records:
        if len(row) != len(header):
            raise FileRefused(
                f"{len(row)} cells; allowed: {len(header)}, as many as the header has",
                file=file,
                line=line,
            )
        rows.append(row)
        lines.append(line)
        if len(rows) > MOST_ROWS:
            raise FileRefused(f"more than {MOST_ROWS} rows", file=file, line=line)
    if not rows:
        raise FileRefused("no rows below the header", file=file)
    return Sheet(file=file, header=header, rows=tuple(rows), lines=tuple(lines))


def _records(file: str, text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows that are not blank, each with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for row in reader:
            cells = tuple(cell.strip() for cell in row)
            if any(cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(f"not CSV: {error}", file=file, line=begins) from error


def _check_header(file: str, line: int, header: tuple[str, ...]) -> None:
    for column, name in enumerate(header, start=1):
        if name and name in header[: column - 1]:
            raise FileRefused(
                f"column {name!r} is given twice", file=file, line=line, column=column
            )
