"""How answers are printed: a table for people, lines with tabs for programs, JSON when asked."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from qtwin.client.rows.row import Row

DIGITS = 9
"""Of a number on a terminal."""


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json", action="store_true", dest="as_json", help="one JSON document, errors too"
    )


def rows(given: argparse.Namespace, found: Iterable[Row], columns: Sequence[str]) -> None:
    """A list: the named columns, or as JSON all that the server said."""
    found = list(found)
    if given.as_json:
        _json({"results": [dict(row.document) for row in found]})
    else:
        table(columns, [[_cell(row, name) for name in columns] for row in found])


def one(given: argparse.Namespace, row: Row, columns: Sequence[str]) -> None:
    """One thing: a line for each named field that is filled, or all of it as JSON."""
    if given.as_json:
        _json(row.document)
        return
    digits = DIGITS if sys.stdout.isatty() else None
    said = [(name, text(_cell(row, name), digits)) for name in columns]
    width = max(len(name) for name in columns)
    line("\n".join(f"{name:<{width}}  {value}" for name, value in said if value))


def document(given: argparse.Namespace, body: Mapping[str, Any], sentence: str) -> None:
    """What was done: a sentence, or as JSON."""
    if given.as_json:
        _json(body)
    elif sentence:
        line(sentence)


def table(head: Sequence[str], body: Sequence[Sequence[Any]]) -> None:
    """Aligned on a terminal; elsewhere a line for each row, with tabs, and the names first."""
    terminal = sys.stdout.isatty()
    cells = [[text(cell, DIGITS if terminal else None) for cell in row] for row in body]
    if not terminal:
        line("\n".join("\t".join(_flat(cell) for cell in row) for row in [list(head), *cells]))
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=SIMPLE_HEAD, pad_edge=False)
    for at, name in enumerate(head):
        numbers = bool(body) and all(isinstance(row[at], int | float) for row in body)
        drawn.add_column(
            name, justify="right" if numbers else "left", overflow="fold", no_wrap=name == "id"
        )
    for row in cells:
        drawn.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(drawn if cells else "Nothing here yet.")


def line(sentence: str) -> None:
    print(_printable(sentence), flush=True)  # noqa: T201


def hint(sentence: str) -> None:
    """For people, beside what programs read."""
    sys.stderr.write(f"{_printable(sentence)}\n")


def text(value: Any, digits: int | None = None) -> str:
    """A value as a cell; floats as their shortest exact decimals where digits are not said."""
    if isinstance(value, Row):
        value = value.document
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={text(inner, digits)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(text(inner, digits) for inner in value)
    return _plain(value, digits)


def _plain(value: Any, digits: int | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return repr(value) if digits is None else f"{value:.{digits}g}"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    return "" if value is None else _printable(str(value))


def _printable(words: str) -> str:
    """Without what would steer a terminal: names and reasons are written by others."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in words)


def _cell(row: Row, name: str) -> Any:
    return getattr(row, name) if hasattr(row, name) else row.document.get(name)


def _flat(cell: str) -> str:
    return " ".join(cell.split())


def _json(body: Mapping[str, Any]) -> None:
    print(json.dumps(dict(body), indent=2, allow_nan=False), flush=True)  # noqa: T201
