"""Attempts: what each try at a job did and came to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import CharField, PositiveIntegerField, QuerySet, UUIDField
from django.db.models.functions import Concat, Right
from django.utils import timezone

from qtwin.insert import insert_once
from qtwin.jobs.models import Attempt, Job
from qtwin.metrics.work import REPAIRS
from qtwin.prepared import Read, Slot, change

LOG_CHARACTERS = 20_000
"""The end of a log is kept."""


LOG = Right(Concat("log", Slot("line", CharField())), LOG_CHARACTERS)


def _begun() -> QuerySet[Attempt, Any]:
    number = Slot("number", PositiveIntegerField())
    return Attempt.objects.filter(job=Slot("job", UUIDField()), number=number).values_list(
        "pk", flat=True
    )


BEGUN = Read(_begun)


def attempt_begin(job: Job) -> None:
    """Note the attempt that the claimed job is in; an earlier one that never ended was lost."""
    fresh = job.attempt == 1 and job.started_at is None
    if not fresh and BEGUN.first(job=job.pk, number=job.attempt) is not None:
        return
    with transaction.atomic(savepoint=False):
        if job.attempt > 1:
            lost = Attempt.objects.filter(job=job, number__lt=job.attempt, ended_at=None).update(
                ended_at=timezone.now(), outcome="lost", detail="its worker stopped answering"
            )
            if lost:
                REPAIRS.count(kind="takeover")
        insert_once(Attempt(job_id=job.pk, number=job.attempt, worker=job.lease_owner))


def attempt_log(job: Job, sentence: str) -> None:
    """Append a line to the log of the attempt that the job is in."""
    _change(job, fields={"log": LOG}, line=_line(sentence))


def attempt_end(job: Job, *, outcome: str, detail: str = "") -> None:
    """Close the attempt that the job is in."""
    ended = {"log": LOG, "ended_at": timezone.now(), "outcome": outcome, "detail": detail}
    line = _line(detail or outcome)
    if not _change(job, where={"ended_at": None}, fields=ended, line=line):
        _change(job, fields={"log": LOG}, line=line)


def _change(job: Job, *, where: Mapping[str, Any] | None = None, **how: Any) -> bool:
    attempt = {"job": job.pk, "number": job.attempt, **(where or {})}
    return change(Attempt, where=attempt, **how) is not None


def _line(sentence: str) -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {' '.join(sentence.split())}\n"
