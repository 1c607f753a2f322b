"""Pages of jobs, newest first: a page begins after the job that the last one ended with."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from qtwin.jobs.models import Job

PAGE = 50


def jobs_page(jobs: QuerySet[Job], after: str) -> tuple[list[Job], str]:
    """A page and the cursor of the next one, which is empty at the end."""
    last = _job(jobs, after)
    if last is not None:
        older = Q(created_at__lt=last.created_at)
        jobs = jobs.filter(older | Q(created_at=last.created_at, pk__lt=last.pk))
    rows = list(jobs[: PAGE + 1])
    return rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""


def _job(jobs: QuerySet[Job], after: str) -> Job | None:
    try:
        return jobs.filter(pk=UUID(after)).first()
    except ValueError:
        return None
