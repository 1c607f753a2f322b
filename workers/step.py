"""One fenced step of one job: claim it, run one chunk in the sandbox, record what came of it.

Jobs of a vendor's queue take the steps of `workers.remote` instead.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from django.conf import settings

from backends import registry
from backends.base import Backend
from backends.errors import UnknownBackend
from backends.schema import Result
from qtwin import tracing
from qtwin.durable import begun
from qtwin.jobs import dispatch
from qtwin.jobs.models import Job, State
from qtwin.jobs.selectors import job_experiment, submission_open
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
    rest,
    reuse_at_start,
)
from qtwin.jobs.services.backoff import MAX_CRASHES
from qtwin.jobs.services.move import STARTED
from qtwin.logs.context import about
from qtwin.metrics.work import RUN_SECONDS
from qtwin.projects.storage import Away
from qtwin.twins import dispatch as twin_dispatch
from workers import remote
from workers.recorded import look_up
from workers.sandbox import (
    HOPELESS,
    Cancelled,
    ChunkRequest,
    Crashed,
    Finished,
    Outcome,
    Rejected,
    Unavailable,
    shared,
)
from workers.seed import chunk_seed

log = logging.getLogger(__name__)


def step(job_id: str, *, owner: str) -> bool:
    """Take one step of a job; False when somebody else has it or it is not due."""
    job = claim(job_id, owner=owner, lease_s=settings.JOB_LEASE_S)
    if job is None:
        return False
    backend = job.source_revision.backend
    with (
        about(job_id=job_id),
        tracing.span(
            "job.step",
            parent=job.trace,
            kind="consumer",
            job=job_id,
            state=job.state,
            fence=job.fence,
            backend=backend,
        ),
    ):
        try:
            try:
                _advance(job)
            except Away as away:
                _without_store(job, away)
        except LeaseLost as lost:
            log.warning("dropped a step: %s", lost)
    return True


def _advance(job: Job) -> None:
    if job.cancel_requested_at is not None and submission_open(job) is None:
        job_finish_cancelled(job)
        return
    try:
        backend = registry.get(job.source_revision.backend)
    except UnknownBackend as error:
        _without_backend(job, str(error))
        return
    reuse_at_start(job, backend)
    if job.is_terminal:
        return
    if backend.capabilities.queue is None:
        _advance_local(job, backend)
        return
    remote.advance(job, backend)
    if not job.is_terminal and job.next_run_at <= datetime.now(UTC):
        dispatch.hint(job.pk)


def _without_store(job: Job, away: Away) -> None:
    """The step is taken again later: nothing of it was recorded, and nobody is to blame."""
    log.warning("job %s: %s", job.pk, away)
    job.refresh_from_db(fields=["state"])
    code = job.reason_code if job.state == State.HOLD else "store_away"
    wait_s, crashes = settings.JOB_BLOCKED_S, job.crash_count
    rest(job, wait_s=wait_s, code=code, reason=str(away), crashes=crashes)


def _without_backend(job: Job, reason: str) -> None:
    """A plug-in is gone, or newer code has brought it: it is left to whoever has it."""
    attempt_begin(job)
    code = job.reason_code if job.state == State.HOLD else "no_backend"
    rest(job, wait_s=settings.JOB_BLOCKED_S, code=code, reason=reason)


def _advance_local(job: Job, backend: Backend) -> None:
    if job.crash_count >= MAX_CRASHES:
        attempt_begin(job)
        job_fail(job, code="poison", reason=f"Its worker died {job.crash_count} times in a row.")
        return
    with begun():
        attempt_begin(job)
        if job.state == State.QUEUED:
            move(
                job,
                State.RUNNING,
                expect={"cancel_requested_at": None},
                keep_lease=True,
                started_at=STARTED,
            )
    began = time.monotonic()
    with tracing.span("sandbox", backend=backend.name, first_row=job.points_done) as span:
        outcome = _run_chunk(job, recorded=backend.capabilities.recorded)
        span.set(outcome=type(outcome).__name__.lower())
    RUN_SECONDS.observe(
        time.monotonic() - began,
        backend=backend.name,
        outcome=type(outcome).__name__.lower(),
    )
    _record(job, outcome)


def _run_chunk(job: Job, *, recorded: bool) -> Outcome:
    """Run the next points in the sandbox, or look them up in the recording of their source."""
    experiment, options = job_experiment(job)
    options = replace(options, seed=chunk_seed(job.seed, job.points_done))
    stop = min(job.points_done + job.chunk_points, job.points_total)
    part = experiment.rows(job.points_done, stop)
    on_tick = partial(renew, job, lease_s=settings.JOB_LEASE_S)
    if recorded:
        return look_up(job, part, options, on_tick=on_tick)
    return shared().run(
        ChunkRequest(
            backend=job.source_revision.backend,
            experiment=part,
            options=options,
            token=f"qtwin-{job.pk}-{job.points_done}",
        ),
        on_tick=on_tick,
    )


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
