"""Pages that the command palette and the search lead to."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from qtwin.search.words import Query

PAGES = (
    ("Projects", "web:projects", "g p"),
    ("New project", "web:wizard", ""),
    ("Jobs", "web:jobs", "g j"),
    ("Campaigns", "web:campaigns", "g c"),
    ("Backends", "web:backends", "g b"),
    ("Worlds", "web:worlds", "g w"),
    ("Policies", "web:policies", ""),
    ("Loops of training and measuring", "web:loops", ""),
    ("Classifiers of phases", "web:classifiers", ""),
    ("Teams", "web:teams", "g t"),
    ("Inbox", "web:inbox", "g i"),
    ("Import a project", "web:imports", ""),
    ("Account", "web:account", ""),
    ("Tokens", "web:tokens", ""),
    ("API", "docs", ""),
)
"""What it is called, the name of its route, and the keys that lead to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    title: str
    address: str
    keys: str


def pages() -> list[Page]:
    """Those that there are."""
    found = []
    for title, view, keys in PAGES:
        try:
            found.append(Page(title=title, address=reverse(view), keys=keys))
        except NoReverseMatch:  # a part that this server has not
            continue
    return found


def pages_named(query: Query) -> list[Page]:
    """Those with all words of the query in their title."""
    return [page for page in pages() if query.matches(page.title)]
