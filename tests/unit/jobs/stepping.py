"""A worker that takes the steps of one job as if time had passed between them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from qtwin.jobs.models import Job
from workers.step import step


def take_steps(job: Job, times: int = 1) -> Job:
    """Let time pass until the job is due, and take one step; that many times."""
    for _ in range(times):
        past = timezone.now() - timedelta(seconds=1)
        Job.objects.filter(pk=job.pk).update(next_run_at=past)
        step(str(job.pk), owner="test")
    job.refresh_from_db()
    return job
