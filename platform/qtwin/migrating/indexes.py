"""Operations of migrations that lock nobody out of a table that is large."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import NotSupportedError, migrations
from django.db.migrations.operations.base import Operation

from qtwin.migrating.locks import FOR_EVER, lock_wait


class AddIndexConcurrently(migrations.AddIndex):
    """Build an index while others read and write; its migration needs ``atomic = False``.

    Django's own of this name loads PostgreSQL's driver, and SQLite cannot run it. There nothing is
    concurrent: one writes at a time, and readers go on.
    """

    atomic = False

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        _change(self, "add_index", self.index, schema_editor, model)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        _change(self, "remove_index", self.index, schema_editor, model)


class RemoveIndexConcurrently(migrations.RemoveIndex):
    """Take an index away while others read and write; its migration needs ``atomic = False``."""

    atomic = False

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        index = self._named(app_label, from_state)
        model = from_state.apps.get_model(app_label, self.model_name)
        _change(self, "remove_index", index, schema_editor, model)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        index = self._named(app_label, to_state)
        model = to_state.apps.get_model(app_label, self.model_name)
        _change(self, "add_index", index, schema_editor, model)

    def _named(self, app_label: str, state: Any) -> Any:
        return state.models[app_label, self.model_name_lower].get_index_by_name(self.name)


def _change(operation: Any, verb: str, index: Any, schema_editor: Any, model: Any) -> None:
    """Add or remove an index of a model."""
    if operation.allow_migrate_model(schema_editor.connection.alias, model):
        with _beside(operation, schema_editor) as how:
            getattr(schema_editor, verb)(model, index, **how)


@contextmanager
def _beside(operation: Operation, schema_editor: Any) -> Iterator[dict[str, bool]]:
    """What makes a schema editor go about an index beside its users, for whom it then waits.

    It locks nobody out meanwhile, and to give up would leave an index that is none.
    """
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        yield {}
        return
    if connection.in_atomic_block:
        raise NotSupportedError(f"{type(operation).__name__} needs a migration with atomic = False")
    with lock_wait(connection, FOR_EVER):
        yield {"concurrently": True}


class DropForeignKeyIndexConcurrently(migrations.AlterField):
    """Give up the index of a foreign key that another index begins with; needs ``atomic = False``.

    Nothing else of the field may change. The key itself stays. SQLite need not copy the table.
    """

    atomic = False

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        column = model._meta.get_field(self.name).column
        names = schema_editor._constraint_names(
            model, [column], index=True, unique=False, primary_key=False
        )
        with _beside(self, schema_editor) as how:
            drop = schema_editor.sql_delete_index_concurrently if how else "DROP INDEX %(name)s"
            for name in names:
                schema_editor.execute(schema_editor._delete_constraint_sql(drop, model, name))

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        with _beside(self, schema_editor) as how:
            fields = [model._meta.get_field(self.name)]
            schema_editor.execute(schema_editor._create_index_sql(model, fields=fields, **how))
