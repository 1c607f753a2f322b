"""Rows as they are: the time of a row is when it was made first, not when it was imported."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import AutoField, Model

from qtwin.archives.errors import ArchiveError
from qtwin.archives.tables import Table


class Inserter:
    """Puts rows of one table into the database, many at a time."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._waiting: list[tuple[int, Model]] = []
        meta: Any = table.model._meta
        self._fields = [f for f in meta.concrete_fields if not isinstance(f, AutoField)]
        whole: list[Any] = [None] * 1000
        self._size = connection.ops.bulk_batch_size(self._fields, whole)

    def add(self, number: int, item: Model) -> None:
        """A row from a line of the member.

        Raises:
            ArchiveError: If the database refuses it, or one before it.
        """
        self._waiting.append((number, item))
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
                manager._insert(
                    [item for _, item in rows], fields=self._fields, using="default", raw=True
                )
        except DatabaseError:
            self._one_by_one(rows)

    def _one_by_one(self, rows: list[tuple[int, Model]]) -> None:
        """Find out which row the database refuses."""
        for number, item in rows:
            try:
                item.save_base(raw=True, force_insert=True)
            except DatabaseError as error:
                said = str(error).partition("\n")[0]
                raise ArchiveError(self._table.member, f"line {number}: {said}") from None
