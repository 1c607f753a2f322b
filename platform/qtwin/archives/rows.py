"""One row of a table as JSON, and back to an object that is checked before any database sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Field, JSONField

from qtwin.archives.tables import Table

Resolve = Callable[[str, Any], Any]
"""From a table's name and the key in a row to the primary key here."""


def to_row(table: Table, item: Any, keys: Mapping[str, Mapping[Any, Any]]) -> dict[str, Any]:
    """JSON form of an object.

    Args:
        keys: Of tables that are pointed at by something else than their id: primary key to key.
    """
    row = {name: _plain(getattr(item, name)) for name in table.columns}
    for name, target in table.links.items():
        value = getattr(item, f"{name}_id")
        row[name] = _plain(keys[target][value] if target in keys and value is not None else value)
    return row


def from_row(table: Table, row: Any, resolve: Resolve) -> dict[str, Any]:
    """Values for the model, with ``<link>_id`` for each link.

    Raises:
        ValueError: Names the field and what is wrong with it.
    """
    expected = {*table.columns, *table.links}
    if not isinstance(row, dict) or set(row) != expected:
        found = sorted(row) if isinstance(row, dict) else type(row).__name__
        raise ValueError(f"fields {found}; allowed: {sorted(expected)}")
    values = {name: _value(table, name, row[name]) for name in table.columns}
    for name, target in table.links.items():
        link: Any = table.model._meta.get_field(name)
        if row[name] is None and not link.null:
            raise ValueError(f"{name} is null")
        values[f"{name}_id"] = None if row[name] is None else resolve(target, row[name])
    return values


def map_ids(value: Any, ids: Mapping[str, str]) -> Any:
    """A JSON value with each text that is a key of ``ids`` replaced."""
    if isinstance(value, str):
        return ids.get(value, value)
    if isinstance(value, list):
        return [map_ids(item, ids) for item in value]
    if isinstance(value, dict):
        return {key: map_ids(item, ids) for key, item in value.items()}
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _value(table: Table, name: str, raw: Any) -> Any:
    field: Any = table.model._meta.get_field(name)
    if raw is None:
        if not field.null:
            raise ValueError(f"{name} is null")
        return None
    if isinstance(field, JSONField):
        return raw
    if isinstance(raw, list | dict):
        raise ValueError(f"{name} is {type(raw).__name__}")
    try:
        value = field.to_python(raw)
        _check(field, value)
    except (ValidationError, ValueError, OverflowError) as error:
        said = error.messages[0] if isinstance(error, ValidationError) else str(error)
        raise ValueError(f"{name} = {raw!r:.80}: {said}") from None
    return value


def _check(field: Field[Any, Any], value: Any) -> None:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a time without a zone")
    if isinstance(value, float) and value - value != 0.0:
        raise ValueError("not a finite number")
    if value not in field.empty_values:
        field.run_validators(value)
    if field.choices and value not in {choice for choice, _ in field.flatchoices}:
        raise ValueError(f"allowed: {sorted(choice for choice, _ in field.flatchoices)}")
