"""The ids of imported rows: the archive's own where they are free, else new ones in their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from qtwin.accounts.ids import new_id
from qtwin.archives import head
from qtwin.archives.errors import ArchiveError
from qtwin.archives.head import Head
from qtwin.archives.reading import Reader
from qtwin.archives.tables import Table, tables_of
from qtwin.projects.models import Project

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """From the id in the archive to the id here, as text.

    Attributes:
        kept: Whether they are the same, which keeps the digests of evidence too.
    """

    of: dict[str, str]
    kept: bool


def plan_ids(reader: Reader, top: Head) -> Ids:
    """Look at all ids first: all are kept, or none.

    Raises:
        ArchiveError: If an id is no UUID, or is there twice.
    """
    found: dict[str, str] = {top.id: head.MEMBER}
    taken = Project.objects.filter(pk=top.id).exists()
    for table in tables_of(top.format):
        if table.key != "id" or table.serial:
            continue
        mine = list(_ids(reader, table))
        for identifier in mine:
            if identifier in found:
                raise ArchiveError(table.member, f"the id {identifier} is there twice")
            found[identifier] = table.member
        taken = taken or _any_taken(table, mine)
    old = sorted(found)
    new = sorted(str(new_id()) for _ in old) if taken else old
    return Ids(of=dict(zip(old, new, strict=True)), kept=not taken)


def _ids(reader: Reader, table: Table) -> Iterator[str]:
    for number, row in reader.lines(table.member):
        identifier = row.get("id") if isinstance(row, dict) else None
        try:
            if not isinstance(identifier, str) or str(UUID(identifier)) != identifier:
                raise ValueError
        except ValueError:
            raise ArchiveError(
                table.member, f"line {number}: id {str(identifier)[:40]!r} is no UUID"
            ) from None
        yield identifier


def _any_taken(table: Table, ids: list[str]) -> bool:
    rows = table.model._base_manager
    return any(
        rows.filter(pk__in=ids[start : start + BATCH]).exists()
        for start in range(0, len(ids), BATCH)
    )
