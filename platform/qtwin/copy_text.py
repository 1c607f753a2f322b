r"""Values as PostgreSQL's COPY reads them ("Text Format" in its manual's page of COPY).

They stand between tabs, NULL is ``\N``, and what would end a value is escaped. The driver writes
such rows too, but asks of each value of each row how it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from types import NoneType
from typing import Any
from uuid import UUID

Dump = Callable[[Any], str | None]
"""A value as the driver writes it, before it is escaped; None is NULL."""

NULL = r"\N"
ROWS = 4096
_ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
_SPECIAL = re.compile(r"[\\\t\n\r]")


def rows(columns: Iterable[Iterable[str]]) -> Iterator[str]:
    """Rows of columns of one length, some thousand at a time."""
    lines = map("\t".join, zip(*columns, strict=True))
    while some := list(islice(lines, ROWS)):
        yield "\n".join([*some, ""])


def texts(values: Sequence[Any], dump: Dump) -> Iterable[str]:
    """A column."""
    kinds = set(map(type, values))
    if len(kinds) == 1 and (plain := _PLAIN.get(kinds.pop())):
        return map(plain, values)
    return [text(value, dump) for value in values]


def text(value: Any, dump: Dump) -> str:
    """One value."""
    if plain := _PLAIN.get(type(value)):
        return plain(value)
    written = dump(value)
    return NULL if written is None else _escaped(written)


def _escaped(value: str) -> str:
    if not _SPECIAL.search(value):
        return value
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], value)


_PLAIN: dict[type, Callable[[Any], str]] = {
    NoneType: lambda _: NULL,
    bool: lambda value: "t" if value else "f",
    int: repr,
    float: repr,
    UUID: str,
    str: _escaped,
}
"""Types whose text needs no driver."""
