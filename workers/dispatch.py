"""Implements the web side's ``JOB_DISPATCHER`` and ``TWIN_DISPATCHER`` with Celery."""

from __future__ import annotations

from workers import tasks
from workers.queues import HINT_LIFETIME_S, JOBS, TWIN


def advance(job_id: str) -> None:
    """Hint that a job is due."""
    tasks.advance.apply_async((job_id,), queue=JOBS, expires=HINT_LIFETIME_S, retry=False)


def assimilate(project_id: str) -> None:
    """Hint that a project's twin is behind its evidence."""
    tasks.assimilate.apply_async((project_id,), queue=TWIN, expires=HINT_LIFETIME_S, retry=False)
