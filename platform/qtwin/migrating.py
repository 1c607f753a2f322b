"""Operations of migrations that lock nobody out of a table that is large."""

from __future__ import annotations

from typing import Any

from django.db import NotSupportedError, migrations


class AddIndexConcurrently(migrations.AddIndex):
    """Build an index while others read and write; its migration needs ``atomic = False``.

    Django's own of this name loads PostgreSQL's driver, and SQLite cannot run it. There nothing is
    concurrent: one writes at a time, and readers go on.
    """

    atomic = False

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        if schema_editor.connection.in_atomic_block:
            raise NotSupportedError("AddIndexConcurrently needs a migration with atomic = False")
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.add_index(model, self.index, concurrently=True)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.remove_index(model, self.index, concurrently=True)


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
        how = "DROP INDEX %(name)s"
        if schema_editor.connection.vendor == "postgresql":
            if schema_editor.connection.in_atomic_block:
                raise NotSupportedError(f"{type(self).__name__} needs atomic = False")
            how = schema_editor.sql_delete_index_concurrently
        names = schema_editor._constraint_names(
            model, [column], index=True, unique=False, primary_key=False
        )
        for name in names:
            schema_editor.execute(schema_editor._delete_constraint_sql(how, model, name))

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        how = {"concurrently": True} if schema_editor.connection.vendor == "postgresql" else {}
        fields = [model._meta.get_field(self.name)]
        schema_editor.execute(schema_editor._create_index_sql(model, fields=fields, **how))
