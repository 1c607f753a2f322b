"""One table of an archive: which columns of which rows, and what they point at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Model, QuerySet

from qtwin.projects.models import Project

Rows = Callable[[Project], QuerySet[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One member ``data/<name>.jsonl``.

    Attributes:
        columns: Plain fields, by name.
        links: Field to the table that it points into; ``project`` and ``twin`` are implied.
        owner: The implied field, empty where a link leads to the owner.
        key: The column that others point at; rows without one have no id of their own.
        serial: Whether the key is a number that means nothing outside the archive.
        since: The first format of archives that has it.
        ids_inside: Columns whose JSON values may hold ids of measurements and jobs.
        later: Columns that earlier formats do not have, with the first that has them.
    """

    name: str
    what: str
    model: type[Model]
    rows: Rows
    columns: tuple[str, ...]
    links: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""
    key: str = ""
    serial: bool = False
    since: int = 1
    ids_inside: tuple[str, ...] = ()
    later: Mapping[str, int] = field(default_factory=dict)

    @property
    def member(self) -> str:
        return f"data/{self.name}.jsonl"

    def at(self, form: int) -> Table:
        """The table as an archive of some format has it."""
        missing = {name for name, since in self.later.items() if since > form}
        if not missing:
            return self
        return replace(self, columns=tuple(name for name in self.columns if name not in missing))


def of(model: Any, path: str) -> Rows:
    """The rows that belong to a project along ``path``."""
    return lambda project: model._base_manager.filter(**{path: project}).order_by("pk")
