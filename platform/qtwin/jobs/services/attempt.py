"""Attempts: what each try at a job came to."""

from __future__ import annotations

from django.utils import timezone

from qtwin.jobs.models import Attempt, Job


def attempt_begin(job: Job) -> Attempt:
    """The attempt that the claimed job is in; an earlier one that never ended was lost."""
    Attempt.objects.filter(job=job, number__lt=job.attempt, ended_at=None).update(
        ended_at=timezone.now(), outcome="lost", detail="its worker stopped answering"
    )
    attempt, _ = Attempt.objects.get_or_create(
        job=job, number=job.attempt, defaults={"worker": job.lease_owner}
    )
    return attempt


def attempt_end(job: Job, *, outcome: str, detail: str = "") -> None:
    """Close the attempt that the job is in."""
    Attempt.objects.filter(job=job, number=job.attempt, ended_at=None).update(
        ended_at=timezone.now(), outcome=outcome, detail=detail
    )
