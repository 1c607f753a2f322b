"""One fenced step of one job: claim it, run one chunk in the sandbox, record what came of it."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np
from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from backends.schema import Result
from qtwin.jobs import dispatch
from qtwin.jobs.models import Job, State
from qtwin.jobs.selectors import job_experiment
from qtwin.jobs.services import (
    LeaseLost,
    attempt_begin,
    chunk_record,
    claim,
    job_fail,
    job_finish_cancelled,
    job_try_again,
    move,
    renew,
)
from qtwin.jobs.services.fail import MAX_CRASHES
from qtwin.twins import dispatch as twin_dispatch
from workers.sandbox import (
    Cancelled,
    ChunkRequest,
    Crashed,
    Finished,
    Outcome,
    Rejected,
    Unavailable,
    shared,
)

log = logging.getLogger(__name__)

HOPELESS = {"memory", "cpu", "wall", "output"}
"""Limits that the same chunk would meet again."""


def step(job_id: str, *, owner: str) -> None:
    """Take one step of a job, unless somebody else has it or it is not due."""
    job = claim(job_id, owner=owner, lease_s=settings.JOB_LEASE_S)
    if job is None:
        return
    try:
        _advance(job)
    except LeaseLost as lost:
        log.warning("dropped a chunk: %s", lost)


def _advance(job: Job) -> None:
    if job.cancel_requested_at is not None:
        job_finish_cancelled(job)
        return
    attempt_begin(job)
    if job.crash_count >= MAX_CRASHES:
        job_fail(job, code="poison", reason=f"Its worker died {job.crash_count} times in a row.")
        return
    if job.state == State.QUEUED:
        move(
            job,
            State.RUNNING,
            guard=Q(cancel_requested_at=None),
            keep_lease=True,
            started_at=Now(),
        )
    _record(job, _run_chunk(job))


def _run_chunk(job: Job) -> Outcome:
    experiment, options = job_experiment(job)
    options = replace(options, seed=_chunk_seed(job))
    stop = min(job.points_done + job.chunk_points, job.points_total)
    return shared().run(
        ChunkRequest(
            backend=job.source_revision.backend,
            experiment=experiment.rows(job.points_done, stop),
            options=options,
            token=f"qtwin-{job.pk}-{job.points_done}",
        ),
        on_tick=lambda: renew(job, lease_s=settings.JOB_LEASE_S),
    )


def _chunk_seed(job: Job) -> int:
    """Chunks draw independent shots, and a chunk that is run again draws the same ones."""
    state = np.random.SeedSequence([job.seed, job.points_done]).generate_state(1)
    return int(state[0]) >> 1


def _record(job: Job, outcome: Outcome) -> None:
    match outcome:
        case Finished(result=result):
            _finish(job, result)
        case Rejected(message=message):
            job_fail(job, code="rejected", reason=message)
        case Unavailable(message=message):
            job_try_again(job, code="unavailable", reason=message, crashed=False)
        case Crashed(reason=reason, message=message) if reason in HOPELESS:
            job_fail(job, code=f"limit_{reason}", reason=message)
        case Crashed(message=message, detail=detail):
            log.warning("job %s: %s %s", job.pk, message, detail)
            job_try_again(job, code="crashed", reason=message, crashed=True)
        case Cancelled():
            job.refresh_from_db(fields=["cancel_requested_at"])
            if job.cancel_requested_at is not None:
                job_finish_cancelled(job)


def _finish(job: Job, result: Result) -> None:
    rows = min(job.chunk_points, job.points_total - job.points_done)
    if result.values.shape != (rows, len(job.observables)):
        job_fail(
            job,
            code="malformed",
            reason=f"{job.source_revision.backend} answered {result.values.shape} values for "
            f"{rows} points x {len(job.observables)} observables.",
        )
        return
    chunk_record(job, start=job.points_done, result=result)
    twin_dispatch.hint(job.project_id)
    if not job.is_terminal:
        dispatch.hint(job.pk)
