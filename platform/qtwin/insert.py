"""Rows added with SQL that Django builds once per process and kind of database.

`QuerySet.bulk_create` builds it anew for every few rows, and asks each field of each row how its
value is written. Here a value that a column repeats is written once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, Field, Model
from django.db.models.sql import InsertQuery
from django.db.transaction import mark_for_rollback_on_error

BATCH = 500
"""Rows of one statement, where a statement takes many."""


class _Insert(NamedTuple):
    """One row's INSERT."""

    sql: str
    fields: tuple[Field[Any, Any], ...]


def insert(rows: Sequence[Model]) -> None:
    """Add rows of one model, which must have no defaults of the database.

    Keys that the database gives stay None, and no signals are sent.
    """
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    one = _insert(connection.vendor, type(rows[0]))
    values = list(zip(*(_column(field, rows, connection) for field in one.fields), strict=True))
    with mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        if len(values) == 1:
            cursor.execute(one.sql, values[0])
        elif connection.vendor == "sqlite":
            cursor.executemany(one.sql, values)
        else:
            for sql, parameters in _batches(one.sql, values):
                cursor.execute(sql, parameters)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _batches(sql: str, rows: list[tuple[Any, ...]]) -> Iterator[tuple[str, list[Any]]]:
    into, one = sql.split(" VALUES ")
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        yield f"{into} VALUES {', '.join([one] * len(batch))}", list(chain.from_iterable(batch))


def _column(
    field: Field[Any, Any], rows: Sequence[Model], connection: BaseDatabaseWrapper
) -> list[Any]:
    last: Any = rows  # which no row has as a value
    written: Any = None
    column: list[Any] = []
    for row in rows:
        value = field.pre_save(row, add=True)
        if value is not last:
            last, written = value, field.get_db_prep_save(value, connection)
        column.append(written)
    return column


@lru_cache
def _insert(vendor: str, model: type[Model]) -> _Insert:
    connection = connections[DEFAULT_DB_ALIAS]
    fields = [field for field in model._meta.local_concrete_fields if not _given(field)]
    query: Any = InsertQuery(model)
    query.insert_values(fields, [model()])
    ((sql, _),) = query.get_compiler(connection=connection).as_sql()
    return _Insert(sql, tuple(fields))


def _given(field: Field[Any, Any]) -> bool:
    """Whether the database gives its value."""
    if field.has_db_default():
        raise ValueError(f"{field} has a default of the database")
    return isinstance(field, AutoField)
