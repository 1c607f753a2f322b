"""Rows added with SQL that Django builds once per process and kind of database.

`QuerySet.bulk_create` builds it anew for every few rows, and asks each field of each row how its
value is written. Here a value that a column repeats is written once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain, repeat
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    AutoField,
    CharField,
    Field,
    FloatField,
    Model,
    PositiveIntegerField,
    UUIDField,
)
from django.db.models.sql import InsertQuery
from django.db.transaction import mark_for_rollback_on_error

from qtwin import copy_text

MANY = 20
"""Rows that PostgreSQL gets by COPY; fewer are one statement."""
PLAIN = {CharField, FloatField, PositiveIntegerField}
"""Fields whose values the database takes as Python has them."""


class _Insert(NamedTuple):
    """One row's INSERT."""

    sql: str
    fields: tuple[Field[Any, Any], ...]


class Each(NamedTuple):
    """A column's values, one per row.

    Attributes:
        written: They are as the database takes them, such as the text of JSON.
    """

    values: Sequence[Any]
    written: bool = False


def insert(rows: Sequence[Model]) -> None:
    """Add rows of one model, which must have no defaults of the database.

    Keys that the database gives stay None, and no signals are sent.
    """
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    one = _insert(connection.vendor, type(rows[0]))
    _write(one, [Each(_column(field, rows, connection)) for field in one.fields], len(rows))
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def insert_once(row: Model) -> bool:
    """Add a row unless one like it, by a unique constraint, is there; whether it was added."""
    connection = connections[DEFAULT_DB_ALIAS]
    one = _insert(connection.vendor, type(row))
    values = [_column(field, [row], connection)[0] for field in one.fields]
    with mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        cursor.execute(f"{one.sql} ON CONFLICT DO NOTHING", values)
        added: bool = cursor.rowcount == 1
    row._state.adding, row._state.db = not added, DEFAULT_DB_ALIAS if added else None
    return added


def insert_columns(model: type[Model], count: int, columns: Mapping[str, Any]) -> None:
    """Add rows that never become instances, which costs Django more than the rest.

    Args:
        columns: By a field's name, a value for all rows or `Each`; of a relation, its key. A field
            that is not named has its default.
    """
    if not count:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    one, blank = _insert(connection.vendor, model), model()
    unknown = columns.keys() - {field.name for field in one.fields}
    if unknown:
        raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    written: list[Any] = []
    for field in one.fields:
        given = columns[field.name] if field.name in columns else field.pre_save(blank, add=True)
        if isinstance(given, Each):
            written.append(Each(_each(field, given, connection)))
        else:
            written.append(field.get_db_prep_save(given, connection))
    _write(one, written, count)


def _each(field: Field[Any, Any], given: Each, connection: BaseDatabaseWrapper) -> Sequence[Any]:
    if given.written or type(field) in PLAIN:
        return given.values
    if type(field) is UUIDField:
        native = connection.features.has_native_uuid_field
        return given.values if native else [one.hex for one in given.values]
    kept = {one: field.get_db_prep_save(one, connection) for one in set(given.values)}
    return [kept[one] for one in given.values]


def _write(one: _Insert, columns: Sequence[Any], count: int) -> None:
    """Add rows whose columns are as the database takes them: a value, or `Each`."""
    connection = connections[DEFAULT_DB_ALIAS]
    with mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        if connection.vendor != "sqlite" and count >= MANY:
            with connection.wrap_database_errors:
                _copy(cursor, one.sql, columns, count)
            return
        each = (c.values if isinstance(c, Each) else repeat(c, count) for c in columns)
        values = list(zip(*each, strict=True))
        if count == 1:
            cursor.execute(one.sql, values[0])
        elif connection.vendor == "sqlite":
            cursor.executemany(one.sql, values)
        else:
            into, row = one.sql.split(" VALUES ")
            parameters = list(chain.from_iterable(values))
            cursor.execute(f"{into} VALUES {', '.join([row] * count)}", parameters)


def _copy(cursor: Any, sql: str, columns: Sequence[Any], count: int) -> None:
    """PostgreSQL's COPY, which binds nothing and still checks every constraint."""
    from psycopg.adapt import PyFormat, Transformer  # which SQLite does without

    dumpers = Transformer(cursor.cursor)

    def dump(value: Any) -> str | None:
        written = dumpers.get_dumper(value, PyFormat.TEXT).dump(value)
        return None if written is None else bytes(written).decode()

    texts = [
        copy_text.texts(column.values, dump)
        if isinstance(column, Each)
        else repeat(copy_text.text(column, dump), count)
        for column in columns
    ]
    into = sql.partition(" VALUES ")[0].removeprefix("INSERT INTO ")
    with cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for some in copy_text.rows(texts):
            copy.write(some)


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
