"""What a person turns off and on again in tests."""

from __future__ import annotations

from dataclasses import dataclass

from qtwin.projects.models import Project
from qtwin.projects.services import backend_start, backend_stop, spending_rule_set

CODES = ("paid_sources_off", "backend_stopped")
"""The reason codes of those that wait, one for each kind of switch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One kind of switch, for one project and one backend."""

    code: str
    project: Project
    backend: str

    def turn(self, *, on: bool) -> None:
        if self.code == "paid_sources_off":
            spending_rule_set(project=self.project, by=None, paid_sources=on)
        elif on:
            backend_start(backend=self.backend, team=self.project.team, by=None)
        else:
            backend_stop(backend=self.backend, team=self.project.team, why="too dear", by=None)
