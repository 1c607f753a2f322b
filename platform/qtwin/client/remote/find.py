"""Finding a project by what a person calls it."""

from __future__ import annotations

from uuid import UUID

from qtwin.client.rows.project import ProjectRow
from qtwin.client.wire.ask import ask
from qtwin.client.wire.errors import UnknownName
from qtwin.client.wire.flow import Flow, Request
from qtwin.client.wire.pages import Listing, every
from qtwin.client.wire.place import at

SHOWN = 10


def find_project(name_or_id: str) -> Flow[ProjectRow]:
    """By id; else by its exact name; else by its name in any case, or the start of it.

    Raises:
        UnknownName: No project has this name, or several have.
    """
    if _is_id(name_or_id):
        return ProjectRow.read((yield from ask(Request(path=at("projects", name_or_id)))))
    rows = yield from every(Listing(path=at("projects"), read=ProjectRow.read))
    wanted = name_or_id.casefold()
    for fits in (
        [row for row in rows if row.name == name_or_id],
        [row for row in rows if row.name.casefold() == wanted],
        [row for row in rows if row.name.casefold().startswith(wanted)],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            ids = ", ".join(f"{row.name} ({row.id})" for row in fits[:SHOWN])
            raise UnknownName(f"several projects are called {name_or_id!r}: {ids}; allowed: an id")
    names = ", ".join(row.name for row in rows[:SHOWN]) or "none yet"
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    raise UnknownName(f"no project is called {name_or_id!r}; allowed: {names}{more}")


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
