"""The search."""

from __future__ import annotations

from collections.abc import Callable

from qtwin.search import finders
from qtwin.search.finders import Viewer
from qtwin.search.hit import Group, Hit, Kind
from qtwin.search.words import Query

FEW = 5
MANY = 50
Finder = Callable[[Viewer, Query, int], list[Hit]]

FINDERS: dict[Kind, Finder] = {
    Kind.PROJECTS: finders.find_projects,
    Kind.SOURCES: finders.find_sources,
    Kind.CAMPAIGNS: finders.find_campaigns,
    Kind.JOBS: finders.find_jobs,
    Kind.BACKENDS: finders.find_backends,
    Kind.TEAMS: finders.find_teams,
    Kind.DOCS: finders.find_docs,
}


def find(user: Viewer, text: str, *, only: Kind | None = None) -> list[Group]:
    """What the user may see that has all words of a text in it, by kind; empty kinds are left out.

    Args:
        only: Of this kind, and then `MANY` instead of `FEW`.
    """
    query = Query.of(text)
    if not query:
        return []
    groups = []
    for kind in [only] if only else FINDERS:
        most = MANY if only else FEW
        hits = FINDERS[kind](user, query, most + 1)
        if hits:
            groups.append(Group(kind=kind, hits=hits[:most], more=len(hits) > most))
    return groups
