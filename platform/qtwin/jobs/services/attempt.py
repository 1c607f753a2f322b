"""Attempts: what each try at a job did and came to."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Value
from django.db.models.functions import Concat, Right
from django.utils import timezone

from qtwin.jobs.models import Attempt, Job

LOG_CHARACTERS = 20_000
"""The end of a log is kept."""


def attempt_begin(job: Job) -> Attempt:
    """The attempt that the claimed job is in; an earlier one that never ended was lost."""
    Attempt.objects.filter(job=job, number__lt=job.attempt, ended_at=None).update(
        ended_at=timezone.now(), outcome="lost", detail="its worker stopped answering"
    )
    attempt, _ = Attempt.objects.get_or_create(
        job=job, number=job.attempt, defaults={"worker": job.lease_owner}
    )
    return attempt


def attempt_log(job: Job, sentence: str) -> None:
    """Append a line to the log of the attempt that the job is in."""
    line = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {' '.join(sentence.split())}\n"
    Attempt.objects.filter(job=job, number=job.attempt).update(
        log=Right(Concat("log", Value(line)), LOG_CHARACTERS)
    )


def attempt_end(job: Job, *, outcome: str, detail: str = "") -> None:
    """Close the attempt that the job is in."""
    attempt_log(job, detail or outcome)
    Attempt.objects.filter(job=job, number=job.attempt, ended_at=None).update(
        ended_at=timezone.now(), outcome=outcome, detail=detail
    )
