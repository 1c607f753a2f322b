"""Which jobs a page lists: read from the address, so that an address can be shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict

from qtwin.jobs.models import Job
from qtwin.jobs.states import states_shown_as
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_visible_to

STATES = ("queued", "running", "held", "succeeded", "failed", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A filter that one click sets."""

    label: str
    query: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    state: str
    source: str
    project: Project | None
    projects: tuple[Project, ...]

    @classmethod
    def from_query(cls, query: QueryDict, user: Any) -> JobFilter:
        """What the address asks for; an unknown state or another team's project is ignored."""
        projects = tuple(projects_visible_to(user))
        state = query.get("state", "")
        wanted = _uuid(query.get("project", ""))
        return cls(
            state=state if state in STATES else "",
            source=query.get("source", "")[:40],
            project=next((p for p in projects if p.pk == wanted), None),
            projects=projects,
        )

    def apply(self, jobs: QuerySet[Job]) -> QuerySet[Job]:
        if self.state:
            jobs = jobs.filter(state__in=states_shown_as(self.state))
        if self.source:
            jobs = jobs.filter(source_revision__source__name=self.source)
        if self.project is not None:
            jobs = jobs.filter(project=self.project)
        return jobs

    @property
    def states(self) -> list[Choice]:
        return [
            Choice(
                label=state.capitalize() or "All",
                query=self.query(state=state),
                current=state == self.state,
            )
            for state in ("", *STATES)
        ]

    def query(self, **changes: str) -> str:
        """The address's query for this filter with changes."""
        values = {
            "state": self.state,
            "source": self.source,
            "project": str(self.project.pk) if self.project else "",
            **changes,
        }
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def active(self) -> bool:
        return bool(self.state or self.source or self.project)

    @property
    def here(self) -> str:
        return self.query()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
