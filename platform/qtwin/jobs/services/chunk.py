"""A chunk of points becomes measurements."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, replace

from django.db import transaction

from backends.schema import Result
from qtwin import tracing
from qtwin.insert import Each, insert_columns
from qtwin.jobs.covariance import KIND, ShotCovariance
from qtwin.jobs.models import Job, Measurement, PointFailure, State
from qtwin.jobs.services.attempt import attempt_end
from qtwin.jobs.services.calibration import calibration_record
from qtwin.jobs.services.columns import Columns, columns
from qtwin.jobs.services.fail import job_fail
from qtwin.jobs.services.move import move
from qtwin.jobs.services.run import Trace, run_record, run_trace
from qtwin.projects.services import Stored, artifact_note, artifact_store, evidence_advance

LEVEL = 4
"""Of gzip: its usual 6 takes several times as long for counts of shots, and saves few bytes."""


def chunk_record(job: Job, *, start: int, result: Result) -> None:
    """Store the raw payload, then its measurements and the job's progress in one transaction.

    A point without an answer gets its reason and no measurement; a job without any answer failed.

    Args:
        start: Index of the result's first point in the job.
        result: Values of shape (P, O) for the job's observables, in their order.

    Raises:
        LeaseLost: If another worker took the job over; nothing is recorded then.
    """
    stop = start + len(result.values)
    kept = result_keep(job, start=start, result=result)
    failed = job.points_failed + len(result.failures)
    done, hopeless = stop == job.points_total, failed == job.points_total
    with transaction.atomic():
        move(
            job,
            State.DONE if done and not hopeless else State.RUNNING,
            expect={"points_done": start},
            keep_lease=hopeless,
            points_done=stop,
            points_failed=failed,
            crash_count=0,
            reason_code="",
            reason="",
            data={"points_done": stop, "points_total": job.points_total},
        )
        if done and not hopeless:
            attempt_end(job, outcome="done")
        result_record(job, start=start, result=result, kept=kept)
        if hopeless:
            job_fail(job, code="no_answer", reason=no_answer(job, result))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is stored and worked out of a result before anything in the database speaks of it.

    Attributes:
        raw: The result whole.
        covariance: Blocks of its numbers that share shots; None where none do.
        trace: The run, which no table has yet.
        columns: What its measurements will say.
    """

    raw: Stored
    covariance: Stored | None
    trace: Trace
    columns: Columns


def result_keep(job: Job, *, start: int, result: Result) -> Kept:
    """Store a result, whose first point is row ``start`` of its job.

    What its calibration says is kept once, as a row of its own. All that needs no lock is done
    here: on SQLite nobody else writes until its transaction ends.
    """
    named = replace(result, provenance=replace(result.provenance, calibration=None))
    payload = json.dumps(named.to_dict(), sort_keys=True, separators=(",", ":"))
    raw = artifact_store(kind="job-result", data=gzip.compress(payload.encode(), LEVEL, mtime=0))
    blocks, covariance = ShotCovariance.of(result, start=start, observables=job.observables), None
    if blocks.blocks:
        covariance = artifact_store(kind=KIND, data=blocks.to_bytes())
    trace = run_trace(job, start=start, result=result)
    said = columns(job, start=start, trace=trace, blocks=blocks)
    return Kept(raw=raw, covariance=covariance, trace=trace, columns=said)


@tracing.spanned("measurements")
def result_record(job: Job, *, start: int, result: Result, kept: Kept) -> None:
    """Add a result's artifacts, measurements and failures, inside its job's move."""
    PointFailure.objects.bulk_create(
        PointFailure(job=job, row=start + row, reason=reason)
        for row, reason in sorted(result.failures.items())
    )
    raw = artifact_note(project=job.project, stored=kept.raw)
    run_record(kept.trace, raw=raw)
    calibration = covariance = None
    if result.provenance.calibration_id:
        known = calibration_record(team=job.project.team, said=result.provenance)
        calibration = None if known is None else known.pk
    if kept.covariance is not None:
        noted = artifact_note(project=job.project, stored=kept.covariance).pk
        covariance = Each([noted if shares else None for shares in kept.columns.shares])
    found = {"raw": raw.pk, "covariance": covariance, "calibration": calibration}
    insert_columns(Measurement, kept.columns.count, kept.columns.values | found)
    evidence_advance(project_id=job.project_id)  # last: others of the project wait for its row


def no_answer(job: Job, result: Result) -> str:
    """A sentence for a job that has no answer at any point."""
    return (
        f"{job.source_revision.method} has no answer at any of {job.points_total} points; the "
        f"last says: {result.failures[max(result.failures)]}"
    )
