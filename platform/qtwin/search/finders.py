"""How each kind of thing is found. Addresses of pages are those that people share."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, IntegerField, Q, QuerySet, When

from backends import registry
from qtwin.accounts.models import User
from qtwin.accounts.selectors import teams_visible_to
from qtwin.campaigns.models import Campaign
from qtwin.jobs.models import Job
from qtwin.jobs.states import SHOWN, State
from qtwin.projects.models import Project, Source, SourceRevision
from qtwin.projects.selectors import projects_visible_to
from qtwin.search import docs
from qtwin.search.hit import Hit, Kind
from qtwin.search.words import Query

Viewer = User | AnonymousUser
LATELY = 2000
"""Jobs that are looked through one by one."""
REVISIONS = 50
"""Of sources that match, the newest: their jobs are looked for."""


def find_projects(user: Viewer, query: Query, most: int) -> list[Hit]:
    where = query.among("name", "description", "system__kind", "team__name") | query.begins_id()
    rows = projects_visible_to(user).filter(where).select_related("team").defer("system")
    return [
        Hit(
            kind=Kind.PROJECTS,
            id=str(row.pk),
            title=row.name,
            detail=row.team.name,
            page=f"/projects/{row.pk}",
        )
        for row in _named_first(rows, query)[:most]
    ]


def find_jobs(user: Viewer, query: Query, most: int) -> list[Hit]:
    """By the beginning of their id, and by what runs them; the newest first."""
    names = query.among(
        *("source__name", "source__label", "backend", "method", "source__project__name")
    )
    projects = projects_visible_to(user).order_by().values("pk")
    revisions = SourceRevision.objects.filter(names, source__project__in=projects)
    ids = set(revisions.order_by("-id").values_list("pk", flat=True)[:REVISIONS])
    rows = Job.objects.filter(query.begins_id(), project__in=projects).order_by("-id")
    found = [*rows.values_list("pk", flat=True)[:most], *_jobs_of(ids, most)]
    chosen = list(dict.fromkeys(found))[:most]
    wanted = Job.objects.filter(pk__in=chosen).select_related("project", "source_revision__source")
    by_id = wanted.defer("points", "knob_values", "project__system").in_bulk()
    return [_job(by_id[pk]) for pk in chosen if pk in by_id]


def _jobs_of(revisions: Collection[UUID], most: int) -> list[UUID]:
    """The newest jobs of these revisions.

    Most often they are among the newest of all, of which the primary key knows the order; to sort
    all jobs of a revision takes as long as there are many.
    """
    if not revisions:
        return []
    newest = Job.objects.order_by("-id").values_list("pk", "source_revision")[:LATELY]
    found = [pk for pk, revision in newest if revision in revisions]
    if len(found) < most:
        rows = Job.objects.filter(source_revision__in=revisions).order_by("-created_at", "-id")
        found = list(rows.values_list("pk", flat=True)[:most])
    return found[:most]


def _job(row: Job) -> Hit:
    revision = row.source_revision
    return Hit(
        kind=Kind.JOBS,
        id=str(row.pk),
        title=f"{revision.source.label} on {revision.backend}, {SHOWN[State(row.state)]}",
        detail=f"{row.project.name}, {row.created_at:%Y-%m-%d %H:%M} UTC",
        page=f"/jobs/{row.pk}",
    )


def find_sources(user: Viewer, query: Query, most: int) -> list[Hit]:
    projects = projects_visible_to(user).order_by().values("pk")
    run_by = SourceRevision.objects.filter(query.among("backend", "method"))
    where = query.among("name", "label", "project__name") | Q(pk__in=run_by.values("source"))
    rows = Source.objects.filter(where, project__in=projects).select_related("project")
    return [
        Hit(
            kind=Kind.SOURCES,
            id=row.name,
            title=row.label,
            detail=f"{row.get_role_display().lower()} of {row.project.name}",
            page=f"/projects/{row.project_id}#sources",
        )
        for row in rows.defer("project__system").order_by("-created_at", "-id")[:most]
    ]


def find_campaigns(user: Viewer, query: Query, most: int) -> list[Hit]:
    projects = projects_visible_to(user).order_by().values("pk")
    where = query.among("name", "project__name") | query.begins_id()
    rows = Campaign.objects.filter(where, project__in=projects).select_related("project")
    return [
        Hit(
            kind=Kind.CAMPAIGNS,
            id=str(row.pk),
            title=f"{row.name}, {row.state}",
            detail=row.project.name,
            page=f"/campaigns/{row.pk}",
        )
        for row in rows.defer("project__system").order_by("-created_at", "-id")[:most]
    ]


def find_backends(user: Viewer, query: Query, most: int) -> list[Hit]:
    """They are the same for everybody; whether one may be used is not looked up."""
    named = (registry.get(name) for name in registry.names())
    found: Iterable[Hit] = (
        Hit(
            kind=Kind.BACKENDS,
            id=one.name,
            title=one.name,
            detail=one.title or str(one.capabilities.kind),
            page=f"/backends/{one.name}",
        )
        for one in named
        if query.matches(one.name, one.title, str(one.capabilities.kind))
    )
    return list(islice(found, most))


def find_teams(user: Viewer, query: Query, most: int) -> list[Hit]:
    rows = teams_visible_to(user).filter(query.among("name")).order_by("name", "pk")
    return [
        Hit(kind=Kind.TEAMS, id=str(row.pk), title=row.name, detail="", page=f"/teams/{row.pk}")
        for row in rows[:most]
    ]


def find_docs(user: Viewer, query: Query, most: int) -> list[Hit]:
    found = (one for one in docs.pages() if query.matches(one.title))
    return [
        Hit(kind=Kind.DOCS, id="", title=one.title, detail="documentation", page=one.address)
        for one in islice(found, most)
    ]


def _named_first(rows: QuerySet[Project], query: Query) -> QuerySet[Project]:
    """Those whose name begins so before the others."""
    begins = When(name__istartswith=query.text, then=0)
    rank = Case(begins, default=1, output_field=IntegerField())
    return rows.order_by(rank, "-created_at", "-id")
