"""Where a project is, and how to reach what belongs to it."""

from __future__ import annotations

from typing import Any

from qtwin.client.rows.project import ProjectRow
from qtwin.client.wire.ask import ask
from qtwin.client.wire.flow import Flow, Request, made
from qtwin.client.wire.place import at


class ProjectPlace:
    """A project on a server; all it keeps is its row."""

    _driver: Any

    def __init__(self, driver: Any, row: ProjectRow) -> None:
        self._driver, self.row = driver, row

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def controls(self) -> tuple[str, ...]:
        """Names of the controls, in the order of a point's numbers."""
        return tuple(one.name for one in self.row.controls)

    @property
    def observables(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.row.observables)

    def _at(self, *parts: str) -> str:
        return at("projects", self.id, *parts)

    def _post(self, noun: str, body: Any, *, key: str | None = None) -> Flow[Any]:
        return (yield from ask(made(self._at(noun), body, key=key)))

    def _change(self, noun: str, body: Any, *, method: str = "PATCH") -> Flow[Any]:
        request = Request(method=method, path=self._at(*noun.split("/")), body=body)
        return (yield from ask(request))
