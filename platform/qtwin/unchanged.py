"""Writing to a row only if it is still as somebody saw it, in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class ChangedSince(Exception):
    """Somebody else changed the row in the meantime, or took it away."""


def as_seen(row: Model, columns: Iterable[str]) -> dict[str, Any]:
    """The condition that these columns are as in ``row``, which was read earlier."""
    return {
        f"{name}__isnull" if value is None else name: True if value is None else value
        for name, value in ((name, getattr(row, name)) for name in columns)
    }


def write(rows: QuerySet[M], fields: Mapping[str, Any], *, needed: bool) -> bool:
    """Update the one row that there is; whether there is one.

    Raises:
        ChangedSince: There is none, and it is needed.
    """
    written = bool(rows.update(**fields))
    if needed and not written:
        raise ChangedSince
    return written
