"""A chunk of points becomes measurements."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import UUIDField

from backends.schema import Result
from qtwin import tracing
from qtwin.accounts.ids import new_id
from qtwin.insert import insert
from qtwin.jobs.covariance import KIND, ShotCovariance
from qtwin.jobs.models import Job, Measurement, PointFailure, State
from qtwin.jobs.services.attempt import attempt_end
from qtwin.jobs.services.calibration import calibration_record
from qtwin.jobs.services.fail import job_fail
from qtwin.jobs.services.move import move
from qtwin.jobs.services.run import Trace, run_record
from qtwin.prepared import Read, Slot
from qtwin.projects.models import Observable
from qtwin.projects.services import Stored, artifact_note, artifact_store, evidence_advance

OBSERVABLES = Read(lambda: Observable.objects.filter(project=Slot("project", UUIDField())))


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
        result_record(job, start=start, result=result, kept=kept)
        if hopeless:
            job_fail(job, code="no_answer", reason=no_answer(job, result))
        elif done:
            attempt_end(job, outcome="done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is stored of a result before anything in the database speaks of it.

    Attributes:
        raw: The result whole.
        blocks: Its numbers that share shots.
        covariance: These as bytes; None where there are none.
    """

    raw: Stored
    blocks: ShotCovariance
    covariance: Stored | None


def result_keep(job: Job, *, start: int, result: Result) -> Kept:
    """Store a result, whose first point is row ``start`` of its job.

    What its calibration says is kept once, as a row of its own.
    """
    named = replace(result, provenance=replace(result.provenance, calibration=None))
    payload = json.dumps(named.to_dict(), sort_keys=True, separators=(",", ":"))
    raw = artifact_store(kind="job-result", data=gzip.compress(payload.encode(), 6, mtime=0))
    blocks, covariance = ShotCovariance.of(result, start=start, observables=job.observables), None
    if blocks.blocks:
        covariance = artifact_store(kind=KIND, data=blocks.to_bytes())
    return Kept(raw=raw, blocks=blocks, covariance=covariance)


@tracing.spanned("measurements")
def result_record(job: Job, *, start: int, result: Result, kept: Kept) -> None:
    """Add a result's artifacts, measurements and failures, inside its job's move."""
    PointFailure.objects.bulk_create(
        PointFailure(job=job, row=start + row, reason=reason)
        for row, reason in sorted(result.failures.items())
    )
    raw = artifact_note(project=job.project, stored=kept.raw)
    trace = run_record(job, start=start, result=result, raw=raw)
    insert(_measurements(job, start, trace, kept))
    evidence_advance(project_id=job.project_id)


def _measurements(job: Job, start: int, trace: Trace, kept: Kept) -> list[Measurement]:
    result = trace.result
    wanted = {o.name: o for o in OBSERVABLES.all(project=job.project_id)}
    calibration = None
    if result.provenance.calibration_id:
        calibration = calibration_record(team=job.project.team, said=result.provenance)
    first_rows = kept.blocks.first_rows()
    covariance = None
    if kept.covariance is not None:
        covariance = artifact_note(project=job.project, stored=kept.covariance).pk
    shots, measured_at = result.options.shots, result.provenance.finished_at
    values, stds = result.values.tolist(), result.std_errors.tolist()
    knobs = _by_name(job, start, len(values))
    return [
        Measurement(
            id=new_id(),
            project_id=job.project_id,
            job_id=job.pk,
            row=start + row,
            source_revision_id=job.source_revision_id,
            observable_id=wanted[name].pk,
            point=job.points[start + row],
            knobs=knobs[row],
            value=values[row][column],
            std=stds[row][column],
            mixed_value=None
            if result.mixed_values is None
            else float(result.mixed_values[row, column]),
            truncation=None
            if result.truncation_errors is None
            else float(result.truncation_errors[row, column]),
            unit=wanted[name].unit,
            shots=shots,
            shot_group=f"{job.pk}:{first_rows.get((start + row, name), start + row)}"
            if shots and stds[row][column] > 0
            else "",
            covariance_id=covariance if (start + row, name) in first_rows else None,
            raw_id=trace.run.raw_id,
            run_id=trace.run.pk,
            identity=trace.identity(row, column),
            draw=trace.draw(row, column),
            calibration_id=None if calibration is None else calibration.pk,
            epoch=result.provenance.calibration_id,
            measured_at=measured_at,
        )
        for row in range(len(values))
        if row not in result.failures
        for column, name in enumerate(job.observables)
    ]


def _by_name(job: Job, start: int, rows: int) -> list[dict[str, float]]:
    """Each row's knobs."""
    if not job.knobs:
        return [{}] * rows
    chosen = job.knob_values[start : start + rows]
    return [dict(zip(job.knobs, values, strict=True)) for values in chosen]


def no_answer(job: Job, result: Result) -> str:
    """A sentence for a job that has no answer at any point."""
    return (
        f"{job.source_revision.method} has no answer at any of {job.points_total} points; the "
        f"last says: {result.failures[max(result.failures)]}"
    )
