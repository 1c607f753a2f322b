"""The list of projects: each with what its jobs and its twin have come to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from qtwin.jobs.states import TERMINAL
from qtwin.projects.models import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSummary:
    project: Project
    sources: int
    open_jobs: int
    version: int | None


def project_summaries(projects: QuerySet[Project]) -> list[ProjectSummary]:
    """One per project, in the given order."""
    counted = projects.annotate(
        source_count=Count("sources", distinct=True),
        open_jobs=Count("jobs", distinct=True, filter=~Q(jobs__state__in=TERMINAL)),
        version=Max("twin__versions__number"),
    )
    return [
        ProjectSummary(
            project=project,
            sources=project.source_count,
            open_jobs=project.open_jobs,
            version=project.version,
        )
        for project in counted
    ]
