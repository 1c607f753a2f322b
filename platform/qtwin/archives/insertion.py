"""Rows as they are: the time of a row is when it was made first, not when it was imported."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import AutoField, Model

from qtwin.archives.errors import ArchiveError
from qtwin.archives.tables import Table


class Inserter:
    """Puts rows of one table into the database, many at a time.

    ``made`` leads from the ids of rows in the archive to the primary keys that they got here.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._waiting: list[tuple[int, Model, Any]] = []
        meta: Any = table.model._meta
        self._fields = [f for f in meta.concrete_fields if not isinstance(f, AutoField)]
        self._returning = [meta.pk] if table.serial else None
        self.made: dict[Any, Any] = {}
        whole: list[Any] = [None] * 1000
        self._size = connection.ops.bulk_batch_size(self._fields, whole)

    def add(self, number: int, item: Model, identifier: Any) -> None:
        """A row from a line of the member, with its id there; None where it has none.

        Raises:
            ArchiveError: If the database refuses it, or one before it, or the id is there twice.
        """
        if identifier is not None:
            if identifier in self.made:
                raise ArchiveError(self._table.member, f"the id {identifier} is there twice")
            self.made[identifier] = item.pk
        self._waiting.append((number, item, identifier))
        if len(self._waiting) >= self._size:
            self.flush()

    def flush(self) -> None:
        """All rows that wait; call it after the last."""
        rows, self._waiting = self._waiting, []
        if not rows:
            return
        manager: Any = self._table.model._base_manager
        try:
            with transaction.atomic():
                keys = manager._insert(
                    [item for _, item, _ in rows],
                    fields=self._fields,
                    returning_fields=self._returning,
                    using="default",
                    raw=True,
                )
        except DatabaseError:
            self._one_by_one(rows)
            keys = [(item.pk,) for _, item, _ in rows]
        if self._returning:
            self.made |= {row[2]: key for row, (key,) in zip(rows, keys, strict=True)}

    def _one_by_one(self, rows: list[tuple[int, Model, Any]]) -> None:
        """Find out which row the database refuses."""
        for number, item, _ in rows:
            try:
                item.save_base(raw=True, force_insert=True)
            except DatabaseError as error:
                said = str(error).partition("\n")[0]
                raise ArchiveError(self._table.member, f"line {number}: {said}") from None
