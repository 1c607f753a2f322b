"""Queries that Django builds once, and that then run with other values.

To build one costs Django many times what the database takes to answer it, and the steps of jobs ask
the same few questions all day long. What is built is kept per process and kind of database. It is
Django's own SQL: only its values are left open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, Model, Q, QuerySet
from django.db.models.query import FlatValuesListIterable
from django.db.models.sql import UpdateQuery
from django.db.transaction import mark_for_rollback_on_error

T = TypeVar("T")
SHAPES = 256
"""How many different UPDATEs are kept; the program has far fewer."""


class Slot(Expression):
    """A place in a query for a value that is given when it runs.

    Args:
        name: What the value is given as.
        field: How it becomes a value of the database.
    """

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)

    def value(self, values: Mapping[str, Any], connection: BaseDatabaseWrapper) -> Any:
        given = values[self.name]
        if isinstance(given, Model):
            given = given.pk
        return self.output_field.get_db_prep_save(given, connection)


def _bound(
    parameters: Iterable[Any], values: Mapping[str, Any], connection: BaseDatabaseWrapper
) -> tuple[Any, ...]:
    return tuple(
        one.value(values, connection) if isinstance(one, Slot) else one for one in parameters
    )


class _Select(NamedTuple):
    """A built SELECT; with ``columns`` its rows are tuples, or with ``flat`` single values."""

    rows: Any
    compiler: Any
    sql: str
    parameters: tuple[Any, ...]
    converters: dict[int, Any]
    columns: bool
    flat: bool


def _columns(
    built: _Select, values: Mapping[str, Any], connection: BaseDatabaseWrapper
) -> list[Any]:
    """Rows of ``values_list``, which need no query set around them."""
    with connection.cursor() as cursor:
        cursor.execute(built.sql, _bound(built.parameters, values, connection))
        found: Iterable[Any] = cursor.fetchall()
    if built.converters:
        compiler = copy(built.compiler)
        compiler.connection = connection
        found = compiler.apply_converters(found, built.converters)
    return [row[0] for row in found] if built.flat else [tuple(row) for row in found]


class Read(Generic[T]):
    """A SELECT with slots.

    Args:
        build: Gives its query set: rows of a model, or of ``values_list``.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, T]]) -> None:
        self._build = build
        self._built: dict[str, _Select] = {}

    def all(self, **values: Any) -> list[T]:
        """Every row, for one value per slot."""
        connection = connections[DEFAULT_DB_ALIAS]
        built = self._for(connection)
        if built.columns:
            return _columns(built, values, connection)
        compiler, query = copy(built.compiler), copy(built.rows.query)
        compiler.connection = connection
        compiler.as_sql = lambda: (built.sql, _bound(built.parameters, values, connection))
        compiler.get_converters = lambda _: built.converters
        query.get_compiler = lambda *_, **__: compiler
        again: QuerySet[Any, T] = QuerySet(built.rows.model, query=query)
        made: Iterable[T] = built.rows._iterable_class(again)
        return list(made)

    def first(self, **values: Any) -> T | None:
        """The first row; None for none."""
        return next(iter(self.all(**values)), None)

    def _for(self, connection: BaseDatabaseWrapper) -> _Select:
        built = self._built.get(connection.vendor)
        if built is None:
            rows: Any = self._build()
            compiler = rows.query.get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            selected = [one[0] for one in compiler.select]
            converters = compiler.get_converters(selected)
            columns = rows._fields is not None
            flat = columns and rows._iterable_class is FlatValuesListIterable
            built = _Select(rows, compiler, sql, parameters, converters, columns, flat)
            self._built[connection.vendor] = built
        return built


class _Update(NamedTuple):
    """An UPDATE with slots, and the fields that the database computes, which it returns."""

    sql: str
    parameters: tuple[Any, ...]
    computed: tuple[Field[Any, Any], ...]
    compiler: Any
    converters: dict[int, Any]


def change(
    model: type[Model],
    *,
    where: Mapping[str, Any],
    fields: Mapping[str, Any],
    guard: Q | None = None,
    **values: Any,
) -> dict[str, Any] | None:
    """UPDATE the one row that is as described; None when there is none.

    Args:
        where: What its columns must be; among them a unique one.
        fields: What they become: values, or constant expressions, with slots where they differ.
        guard: What else must hold, with slots where it differs.
        values: Of those slots.

    Returns:
        What the database computed for the fields that are expressions.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    shape = tuple((name, _expression(value)) for name, value in fields.items())
    known = tuple((name, value is None) for name, value in where.items())
    update = _update(connection.vendor, model, known, shape, guard)
    given = {
        **values,
        **{f"{name}=": value for name, value in fields.items()},
        **{f"{name}?": value for name, value in where.items()},
    }
    with mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        cursor.execute(update.sql, _bound(update.parameters, given, connection))
        if not update.computed:
            return {} if cursor.rowcount else None
        rows = cursor.fetchall()
    compiler = copy(update.compiler)
    compiler.connection = connection
    for row in compiler.apply_converters(rows, update.converters):
        return {field.attname: value for field, value in zip(update.computed, row, strict=True)}
    return None


def change_row(
    row: Model, *, where: Mapping[str, Any], fields: Mapping[str, Any], **more: Any
) -> bool:
    """`change` the row of a model's instance, and the instance with it; False for no such row."""
    computed = change(type(row), where={"pk": row.pk, **where}, fields=fields, **more)
    if computed is None:
        return False
    for name, value in ({**fields, **computed}).items():
        setattr(row, name, value)
    return True


def _expression(value: Any) -> Any:
    return value if hasattr(value, "resolve_expression") else None


@lru_cache(maxsize=SHAPES)
def _update(
    vendor: str,
    model: type[Model],
    known: tuple[tuple[str, bool], ...],
    shape: tuple[tuple[str, Any], ...],
    guard: Q | None,
) -> _Update:
    connection = connections[DEFAULT_DB_ALIAS]
    rows = model._default_manager.filter(
        **{name: None if none else Slot(f"{name}?", _field(model, name)) for name, none in known}
    )
    query: Any = (rows if guard is None else rows.filter(guard)).query.chain(UpdateQuery)
    query.add_update_values(
        {
            name: Slot(f"{name}=", _field(model, name)) if expression is None else expression
            for name, expression in shape
        }
    )
    query.clear_ordering(force=True)
    compiler = query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    computed = tuple(_field(model, name) for name, expression in shape if expression is not None)
    if computed:
        names = ", ".join(connection.ops.quote_name(str(field.column)) for field in computed)
        sql += f" RETURNING {names}"
    columns = [field.get_col(model._meta.db_table) for field in computed]
    return _Update(sql, parameters, computed, compiler, compiler.get_converters(columns))


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    assert isinstance(field, Field)
    return field
