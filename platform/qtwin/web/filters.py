"""Which jobs a page lists: read from the address, so that an address can be shared."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date

from qtwin.accounts.models import Team, User
from qtwin.accounts.selectors import teams_visible_to
from qtwin.jobs.models import Job
from qtwin.jobs.search import LONGEST, jobs_with_words
from qtwin.jobs.states import states_shown_as
from qtwin.projects.models import Project, SourceRevision
from qtwin.projects.selectors import projects_visible_to
from qtwin.web.typed import typed_uuid

STATES = ("queued", "running", "held", "succeeded", "failed", "cancelled")
ORDERS = {
    "-created": ("-created_at", "newest first"),
    "created": ("created_at", "oldest first"),
    "-cost": ("-estimated_cost", "most expensive first"),
    "-points": ("-points_total", "most points first"),
}
"""By the word in the address: the column, and what it says."""
NEWEST = "-created"
MOST_PEOPLE = 200
YEARS = range(1970, 9000)
"""Of days that are understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A filter that one click sets."""

    label: str
    query: str
    current: bool


@dataclass(kw_only=True)
class JobFilter:
    """What the address asks for; what is not understood, or another team's, is ignored.

    Attributes:
        by: The id of who submitted it, or ``me``.
        since: A day, from its beginning in UTC.
        until: A day, to its end.
        sort: One of `ORDERS`.
    """

    user: Any
    state: str = ""
    project: str = ""
    source: str = ""
    backend: str = ""
    team: str = ""
    by: str = ""
    since: str = ""
    until: str = ""
    q: str = ""
    sort: str = NEWEST

    @classmethod
    def from_query(cls, query: QueryDict, user: Any) -> JobFilter:
        state, sort, by = (query.get(name, "") for name in ("state", "sort", "by"))
        wanted = cls(
            user=user,
            state=state if state in STATES else "",
            project=_id(query, "project"),
            source=query.get("source", "")[:40].replace("\0", ""),
            backend=query.get("backend", "")[:64].replace("\0", ""),
            team=_id(query, "team"),
            by=by if by == "me" else _id(query, "by"),
            since=_day(query, "since"),
            until=_day(query, "until"),
            q=query.get("q", "")[:LONGEST].replace("\0", "").strip(),
            sort=sort if sort in ORDERS else NEWEST,
        )
        wanted._forget_unknown()
        return wanted

    def _forget_unknown(self) -> None:
        """What the user could not choose; the project first, as it says which sources there are."""
        allowed: dict[str, Callable[[], Collection[str]]] = {
            "project": lambda: [str(one.pk) for one in self.projects],
            "team": lambda: [str(one.pk) for one in self.teams],
            "by": lambda: ["me", str(self.user.pk), *(str(one.pk) for one in self.people)],
            "source": lambda: self.sources,
            "backend": lambda: self.backends,
        }
        for name, choices in allowed.items():
            if getattr(self, name) and getattr(self, name) not in choices():
                setattr(self, name, "")

    def apply(self, jobs: QuerySet[Job]) -> QuerySet[Job]:
        """Those of the jobs that are asked for, in the order that is."""
        where = Q(state__in=states_shown_as(self.state)) if self.state else Q()
        for column, value in (
            ("source_revision__source__name", self.source),
            ("source_revision__backend", self.backend),
            ("project", self.project),
            ("project__team", self.team),
            ("created_by", str(self.user.pk) if self.by == "me" else self.by),
            ("created_at__gte", self.since and _start(self.since)),
            ("created_at__lt", self.until and _start(self.until) + timedelta(days=1)),
        ):
            where &= Q(**{column: value}) if value else Q()
        if self.q:
            where &= jobs_with_words(self.q)
        return jobs.filter(where)

    @property
    def order(self) -> str:
        return ORDERS[self.sort][0]

    @cached_property
    def projects(self) -> list[Project]:
        return list(projects_visible_to(self.user).only("pk", "name").order_by("name"))

    @cached_property
    def chosen_project(self) -> Project | None:
        """The one project whose jobs are asked for, if it is the user's."""
        return next((one for one in self.projects if str(one.pk) == self.project), None)

    @cached_property
    def teams(self) -> list[Team]:
        return list(teams_visible_to(self.user).order_by("name"))

    @cached_property
    def people(self) -> list[User]:
        """Who else is in the user's teams."""
        rows = User.objects.filter(memberships__team__in=self.teams).exclude(pk=self.user.pk)
        return list(rows.order_by("name").distinct()[:MOST_PEOPLE])

    @cached_property
    def sources(self) -> list[str]:
        return sorted({name for name, _ in self._run})

    @cached_property
    def backends(self) -> list[str]:
        return sorted({backend for _, backend in self._run})

    @cached_property
    def _run(self) -> list[tuple[str, str]]:
        chosen = [self.chosen_project] if self.chosen_project else self.projects
        rows = SourceRevision.objects.filter(source__project__in=chosen).order_by()
        return list(rows.values_list("source__name", "backend").distinct())

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

    @property
    def sorts(self) -> list[tuple[str, str]]:
        return [(word, words.capitalize()) for word, (_, words) in ORDERS.items()]

    @property
    def by_created(self) -> Choice:
        return self._head("created" if self.sort == NEWEST else NEWEST, NEWEST, "created")

    @property
    def by_points(self) -> Choice:
        return self._head("-points", "-points")

    @property
    def by_cost(self) -> Choice:
        return self._head("-cost", "-cost")

    def _head(self, click: str, *orders: str) -> Choice:
        """A column's head; ``label`` is how the column is sorted now, empty if it is not."""
        sorted_now = "descending" if self.sort.startswith("-") else "ascending"
        current = self.sort in orders
        label = sorted_now if current else ""
        return Choice(label=label, query=self.query(sort=click), current=current)

    def query(self, **changes: str) -> str:
        """The address's query for this filter with changes."""
        values = self._values | changes
        if values["sort"] == NEWEST:
            values["sort"] = ""
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def _values(self) -> dict[str, str]:
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "user"}

    @property
    def active(self) -> bool:
        """Whether some jobs are left out."""
        return any(value for name, value in self._values.items() if name != "sort")

    @property
    def hidden(self) -> bool:
        """Whether something is asked that is folded away at first."""
        return any((self.source, self.team, self.since, self.until, self.sort != NEWEST))

    @property
    def here(self) -> str:
        return self.query()

    @property
    def api(self) -> str:
        """The same question to ``GET /api/v1/jobs``, which has one order."""
        values = self._values | {"sort": "", "by": ""}
        if self.by:
            values["by"] = str(self.user.pk) if self.by == "me" else self.by
        if self.since:
            values["since"] = _start(self.since).isoformat()
        if self.until:
            end = _start(self.until) + timedelta(days=1) - timedelta(microseconds=1)
            values["until"] = end.isoformat()
        return urlencode({name: value for name, value in values.items() if value})


def _id(query: QueryDict, name: str) -> str:
    return str(typed_uuid(query.get(name, "")) or "")


def _day(query: QueryDict, name: str) -> str:
    text = query.get(name, "")
    try:
        day = parse_date(text)
    except ValueError:
        return ""
    return text if day is not None and day.year in YEARS else ""


def _start(day: str) -> datetime:
    date = parse_date(day)
    if date is None:
        raise ValueError(f"{day!r} is no day")
    return datetime.combine(date, time(), UTC)
