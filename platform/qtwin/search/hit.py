"""What a search finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    PROJECTS = "projects"
    JOBS = "jobs"
    SOURCES = "sources"
    CAMPAIGNS = "campaigns"
    BACKENDS = "backends"
    TEAMS = "teams"
    DOCS = "docs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing that was found.

    Attributes:
        id: Its id or name in the API; empty for a page of the documentation.
        detail: What tells it from others of the same title.
        page: The address of its page in the dashboard, or of the page of the documentation.
    """

    kind: Kind
    id: str
    title: str
    detail: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The hits of one kind, the best first; ``more`` says that there are others."""

    kind: Kind
    hits: list[Hit]
    more: bool
