"""A chunk of points becomes measurements."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import UUIDField

from backends.schema import Result
from backends.schema.experiment import FloatArray
from qtwin import tracing
from qtwin.accounts.ids import new_id
from qtwin.insert import Each, insert_columns
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

LEVEL = 4
"""Of gzip: a quarter of the time of its usual 6 for a job's counts, and an eighth more bytes."""
OBSERVABLES = Read(
    lambda: Observable.objects.filter(project=Slot("project", UUIDField())).values_list(
        "name", "pk", "unit"
    )
)


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
    raw = artifact_store(kind="job-result", data=gzip.compress(payload.encode(), LEVEL, mtime=0))
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
    _measure(job, start, trace, kept)
    evidence_advance(project_id=job.project_id)


def _measure(job: Job, start: int, trace: Trace, kept: Kept) -> None:
    """Add a row for each observable of each point that has an answer."""
    result, first_rows = trace.result, kept.blocks.first_rows()
    wanted = {name: (pk, unit) for name, pk, unit in OBSERVABLES.all(project=job.project_id)}
    calibration = covariance = None
    if result.provenance.calibration_id:
        calibration = calibration_record(team=job.project.team, said=result.provenance)
    if kept.covariance is not None:
        covariance = artifact_note(project=job.project, stored=kept.covariance).pk
    rows = [row for row in range(len(result.values)) if row not in result.failures]
    cells = [(row, name) for row in rows for name in job.observables]

    def each(table: FloatArray | None) -> Each | None:
        return None if table is None else Each(table[rows].ravel().tolist())

    stds, shots = result.std_errors[rows].ravel().tolist(), result.options.shots
    insert_columns(
        Measurement,
        len(cells),
        {
            "id": Each([new_id() for _ in cells]),
            "project": job.project_id,
            "job": job.pk,
            "row": Each([start + row for row, _ in cells]),
            "source_revision": job.source_revision_id,
            "observable": Each([wanted[name][0] for _, name in cells]),
            "point": _repeated(job, [json.dumps(job.points[start + row]) for row in rows]),
            "knobs": _knobs(job, start, rows),
            "value": each(result.values),
            "std": Each(stds),
            "mixed_value": each(result.mixed_values),
            "truncation": each(result.truncation_errors),
            "unit": Each([wanted[name][1] for _, name in cells]),
            "shots": shots,
            "shot_group": Each(
                [
                    f"{job.pk}:{first_rows.get((start + row, name), start + row)}"
                    if std > 0
                    else ""
                    for (row, name), std in zip(cells, stds, strict=True)
                ]
            )
            if shots
            else "",
            "covariance": Each(
                [covariance if (start + row, name) in first_rows else None for row, name in cells]
            )
            if covariance
            else None,
            "raw": trace.run.raw_id,
            "run": trace.run.pk,
            "identity": Each([one for row in rows for one in trace.identities[row]]),
            "draw": Each(
                [trace.draw(row, column) for row in rows for column in range(len(job.observables))]
            )
            if trace.draws
            else "",
            "calibration": None if calibration is None else calibration.pk,
            "epoch": result.provenance.calibration_id,
            "measured_at": result.provenance.finished_at,
        },
    )


def _repeated(job: Job, texts: Sequence[str]) -> Each:
    """JSON of each row, for each of its observables."""
    return Each([text for text in texts for _ in job.observables], written=True)


def _knobs(job: Job, start: int, rows: Sequence[int]) -> Each | dict[str, float]:
    """Each row's, by name."""
    if not job.knobs:
        return {}
    chosen = (job.knob_values[start + row] for row in rows)
    return _repeated(
        job, [json.dumps(dict(zip(job.knobs, values, strict=True))) for values in chosen]
    )


def no_answer(job: Job, result: Result) -> str:
    """A sentence for a job that has no answer at any point."""
    return (
        f"{job.source_revision.method} has no answer at any of {job.points_total} points; the "
        f"last says: {result.failures[max(result.failures)]}"
    )
