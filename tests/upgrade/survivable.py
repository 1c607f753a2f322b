"""Which operations of a migration the code before it, and readers of large tables, survive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED, Field

from qtwin.migrating import (
    AddIndexConcurrently,
    DropForeignKeyIndexConcurrently,
    RemoveIndexConcurrently,
)

LARGE = {"jobs.job", "jobs.measurement", "jobs.event", "jobs.submission", "jobs.run"}
"""Tables that grow without end: to build an index on one stops all of its writers."""

CONCURRENT = (AddIndexConcurrently, DropForeignKeyIndexConcurrently, RemoveIndexConcurrently)
HARMLESS: tuple[type[Operation], ...] = (
    *CONCURRENT,
    migrations.CreateModel,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
    migrations.RemoveConstraint,
    migrations.RemoveIndex,
    migrations.RenameIndex,
    migrations.AlterModelTableComment,
)
REFUSED: dict[type[Operation], str] = {
    migrations.RemoveField: "code before it still writes and reads the column",
    migrations.DeleteModel: "code before it still reads the table",
    migrations.RenameField: "code before it knows the column by the old name",
    migrations.RenameModel: "code before it knows the table by the old name",
    migrations.AlterModelTable: "code before it knows the table by the old name",
    migrations.AddConstraint: "rows are read while the table is locked; code before may break it",
    migrations.AlterUniqueTogether: "its index is built while the table is locked",
    migrations.AlterIndexTogether: "its index is built while the table is locked",
    migrations.RunPython: "what it does to rows that others write cannot be seen",
    migrations.RunSQL: "what it does cannot be seen",
}


def objections(app: str, operation: Operation, state: Any) -> Iterator[str]:
    """What is wrong with one operation.

    Args:
        state: Of the models before it.
    """
    if isinstance(operation, HARMLESS):
        return
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from objections(app, inner, state)
    elif isinstance(operation, migrations.AddField):
        yield from _added(operation.field, f"{app}.{operation.model_name_lower}")
    elif isinstance(operation, migrations.AlterField):
        model = state.models[app, operation.model_name_lower]
        yield from _altered(model.fields[operation.name], operation.field)
    elif isinstance(operation, migrations.AddIndex):
        yield from _indexed(f"{app}.{operation.model_name_lower}")
    else:
        yield REFUSED.get(type(operation), "nobody has said that it is harmless")


def _indexed(table: str) -> Iterator[str]:
    if table in LARGE:
        yield "nobody writes to the table while it is built; use AddIndexConcurrently"


def _added(field: Any, table: str) -> Iterator[str]:
    if field.many_to_many:
        return
    if not field.null and getattr(field, "db_default", NOT_PROVIDED) is NOT_PROVIDED:
        yield "code before it writes rows without it: null=True, or a db_default"
    indexed = field.db_index or field.unique
    if indexed and table in LARGE:
        yield "its index is built while the table is locked; db_index=False, then a concurrent one"


def _altered(before: Field[Any, Any], after: Field[Any, Any]) -> Iterator[str]:
    old, new = _column(before), _column(after)
    if _wider(old, new):
        return
    if old != new:
        yield "the column's type, default or rule changes under code that knows the old one"


def _column(field: Any) -> tuple[str, dict[str, Any]]:
    """What the database sees of a field."""
    _, path, args, options = field.deconstruct()
    seen = {name: value for name, value in options.items() if name not in field.non_db_attrs}
    seen.pop("default", None)
    return path, {**seen, "args": list(args)}


def _wider(old: tuple[str, dict[str, Any]], new: tuple[str, dict[str, Any]]) -> bool:
    """Whether only more characters fit in, which changes no row."""
    (kind, before), (after_kind, after) = old, new
    one, other = dict(before), dict(after)
    least, most = one.pop("max_length", None), other.pop("max_length", None)
    return (kind, one) == (after_kind, other) and None not in {least, most} and most >= least


def halves(migration: migrations.Migration) -> Iterator[str]:
    """Where it would be left half done: `migrate` tries again what could not have a lock."""
    if migration.atomic:
        return
    for operation in migration.operations:
        if not isinstance(operation, CONCURRENT):
            yield f"{operation.describe()}: waits for a lock in a migration with atomic = False"


def problems(baseline: set[str]) -> Iterator[str]:
    """Objections to migrations of ours beyond the baseline, as ``app.name: operation: why``."""
    loader = MigrationLoader(None)
    for key, migration in sorted(loader.disk_migrations.items()):
        app, name = key
        if not migration.__module__.startswith("qtwin.") or f"{app}.{name}" in baseline:
            continue
        yield from (f"{app}.{name}: {why}" for why in halves(migration))
        state = loader.project_state(key, at_end=False)
        for operation in migration.operations:
            for why in objections(app, operation, state):
                yield f"{app}.{name}: {operation.describe()}: {why}"
            operation.state_forwards(app, state)
