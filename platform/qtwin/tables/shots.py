"""Which rows share shots, and the covariances of COV.csv.

COV.csv has the columns ``group``, ``row``, ``other`` and ``covariance``: one line for a pair of
rows of one group, in either order. Rows are named by the column ``row`` of DATA.csv, or, where it
has none, counted from 1 below its header, blank lines apart. Pairs that are left out have
covariance 0. A row paired with itself repeats ``std`` squared.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray, ShotGroup
from qtwin.tables.sheet import Sheet, read_sheet
from qtwin.tables.text import quoted

_COLUMNS = ("group", "row", "other", "covariance")
_SAME = 1e-6  # relative difference at which two statements of one covariance agree
_MOST = 1000  # rows of one group: their covariance is a dense matrix
_SINGULAR = 1e-10

Pairs = dict[tuple[int, int], tuple[float, int]]
"""Covariance of two rows of DATA.csv, lower number first, and the row of COV.csv."""


def read_groups(
    data: Sheet, std: FloatArray, covariances: str | None
) -> tuple[tuple[ShotGroup, ...], tuple[str, ...]]:
    """The groups of shared shots with their covariances, and warnings.

    Raises:
        FileRefused: A covariance names a row that is not there, or is impossible.
    """
    groups = data.texts("group")
    members: dict[str, list[int]] = {}
    for row, group in enumerate(groups):
        if group:
            members.setdefault(group, []).append(row)
    numbers = _row_names(data)
    if covariances is None:
        shared = [name for name, rows in members.items() if len(rows) > 1]
        words = f"{data.file}: no covariances are given for group {', '.join(map(quoted, shared))}"
        note = f"{words}; its rows count as independent"
        return (), ((note if len(note) < 300 else note[:297] + "..."),) if shared else ()
    sheet = read_sheet(covariances)
    sheet.need(_COLUMNS)
    pairs = _pairs(sheet, groups, numbers, std)
    found = [_group(sheet, rows, std, pairs.get(name, {})) for name, rows in members.items()]
    return tuple(group for group in found if group is not None), ()


def _row_names(data: Sheet) -> dict[str, int]:
    if not data.has("row"):
        return {str(row + 1): row for row in range(len(data.rows))}
    names: dict[str, int] = {}
    for row, name in enumerate(data.texts("row")):
        if name in names:
            data.refuse(f"{quoted(name)} names two rows; allowed: each once", row, "row")
        if name:
            names[name] = row
    return names


def _pairs(
    sheet: Sheet, groups: tuple[str, ...], numbers: dict[str, int], std: FloatArray
) -> dict[str, Pairs]:
    known, values = set(groups) - {""}, sheet.numbers("covariance")
    found: dict[str, Pairs] = {}
    columns = (sheet.texts(name) for name in ("group", "row", "other"))
    for line, (group, *ends) in enumerate(zip(*columns, strict=True)):
        if group not in known:
            sheet.wrong(line, "group", "a group of the data")
        rows = [numbers.get(text) for text in ends]
        for name, text, row in zip(("row", "other"), ends, rows, strict=True):
            if row is None:
                sheet.wrong(line, name, "a row of the data: its cell in column row, or its number")
            if groups[row] != group:
                where = f"in group {groups[row]!r}" if groups[row] else "in no group"
                sheet.refuse(f"row {text!r} is {where}; allowed: rows of {group!r}", line, name)
        low, high = sorted(row for row in rows if row is not None)
        value = float(values[line])
        _check(sheet, line, value, (std[low], std[high]), same=low == high)
        before = found.setdefault(group, {}).setdefault((low, high), (value, line))[0]
        if not np.isclose(before, value, rtol=_SAME, atol=0.0):
            sheet.wrong(line, "covariance", f"{before!r}, as given before for these rows")
    return found


def _check(sheet: Sheet, line: int, value: float, std: tuple[float, float], *, same: bool) -> None:
    most = float(std[0] * std[1])
    if same and not np.isclose(value, most, rtol=_SAME, atol=0.0):
        sheet.wrong(line, "covariance", f"{most!r}, std squared, for a row with itself")
    if abs(value) > most * (1.0 + _SAME):
        sheet.wrong(line, "covariance", f"-{most!r} to {most!r}, the product of both std")


def _group(sheet: Sheet, rows: list[int], std: FloatArray, pairs: Pairs) -> ShotGroup | None:
    """One group; None where no pair of it is correlated."""
    linked = sorted({row for pair, (value, _) in pairs.items() if value != 0.0 for row in pair})
    inside = [row for row in rows if row in set(linked) and std[row] > 0.0]
    if len(inside) < 2:
        return None
    first = min(line for _, line in pairs.values())
    if len(inside) > _MOST:
        sheet.refuse(f"{len(inside)} rows in one group; allowed: {_MOST}", first, "group")
    place = {row: i for i, row in enumerate(inside)}
    covariance = np.diag(std[inside] ** 2)
    for (low, high), (value, _) in pairs.items():
        if low != high and value != 0.0:
            covariance[place[low], place[high]] = covariance[place[high], place[low]] = value
    scale = np.outer(std[inside], std[inside])
    if np.linalg.eigvalsh(covariance / scale).min() <= _SINGULAR:
        sheet.refuse(
            "the covariances of this group are not those of any random numbers; "
            "allowed: a positive definite matrix",
            first,
            "group",
        )
    return ShotGroup(rows=np.array(inside, dtype=np.int64), covariance=covariance)
