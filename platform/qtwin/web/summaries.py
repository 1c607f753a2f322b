"""The list of projects: each with what its jobs and its twin have come to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Max, QuerySet

from qtwin.jobs.models import Job
from qtwin.jobs.selectors import active
from qtwin.projects.models import Project, Source
from qtwin.twins.models import Twin

MANY, KEPT_S = 10_000, 5
"""Counting so many open jobs takes tens of milliseconds; one more or less is not noticed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSummary:
    project: Project
    sources: int
    open_jobs: int
    version: int | None


def project_summaries(projects: QuerySet[Project]) -> list[ProjectSummary]:
    """One per project, in the given order."""
    found = list(projects)
    sources = _counted(Source.objects.filter(project__in=found), "project")
    jobs = _open_jobs(found)
    made = Twin.objects.filter(project__in=found).annotate(last=Max("versions__number"))
    versions = dict(made.order_by().values_list("project", "last"))
    return [
        ProjectSummary(
            project=project,
            sources=sources.get(project.pk, 0),
            open_jobs=jobs.get(project.pk, 0),
            version=versions.get(project.pk),
        )
        for project in found
    ]


def _open_jobs(projects: list[Project]) -> dict[UUID, int]:
    """By project. Many are counted anew only after `KEPT_S`, few each time."""
    asked = hashlib.sha256("".join(sorted(project.pk.hex for project in projects)).encode())
    key = f"open-jobs:{asked.hexdigest()}"
    found: dict[UUID, int] | None = cache.get(key)
    if found is None:
        found = _counted(active(Job.objects.filter(project__in=projects)), "state", "project")
        if sum(found.values()) >= MANY:
            cache.set(key, found, KEPT_S)
    return found


def _counted(rows: QuerySet[Any], *columns: str) -> dict[UUID, int]:
    """How many of each project; each in a query of its own, as a join would multiply them.

    Args:
        columns: By which an index groups them; the last is the project.
    """
    found: dict[UUID, int] = {}
    counts = rows.order_by().values(*columns).annotate(n=Count("pk"))
    for *_, project, count in counts.values_list(*columns, "n"):
        found[project] = found.get(project, 0) + count
    return found
