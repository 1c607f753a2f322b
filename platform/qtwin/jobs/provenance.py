"""Where a number comes from: the whole chain, and what makes it the same question as another."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet

from backends.schema import Experiment
from qtwin.jobs import identity
from qtwin.jobs.models import Job, Measurement, Run, Submission
from qtwin.jobs.selectors import (
    job_experiment,
    jobs_reused_by,
    measurements_answering,
    measurements_valid,
)
from qtwin.projects.models import Artifact

NOT_HASHED = {
    "seed": "Another seed draws other shots for the same question; they are pooled. A job that "
    "names a seed reuses only measurements with that seed.",
    "versions": "Versions of libraries are compared with what is installed before a number is "
    "reused.",
    "calibration": "Shots are pooled within one calibration; the model keeps epochs apart.",
    "order": "The order of points and of observables does not change the question.",
}


def job_identity(job: Job) -> dict[str, Any]:
    """What was hashed into ``spec_hash``, what was not and why, and which jobs ask the same."""
    experiment, options = job_experiment(job)
    document = identity.job_document(experiment, job.source_revision.backend, options.shots)
    return {
        "spec_hash": job.spec_hash,
        "is_current": identity.digest(document) == job.spec_hash,
        "hashed": document,
        "not_hashed": NOT_HASHED,
        "points_reused": job.points_reused,
        "reused_from": jobs_reused_by(job),
        "pools": [] if job.shots is None else _pools(job),
    }


def _pools(job: Job) -> list[dict[str, Any]]:
    """Valid shots of jobs that ask the same, by calibration epoch."""
    rows = measurements_valid(job.project_id).filter(
        job__spec_hash=job.spec_hash, source_revision_id=job.source_revision_id
    )
    counted = (
        rows.order_by()
        .values("epoch")
        .annotate(jobs=Count("job", distinct=True), draws=Count("draw", distinct=True))
    )
    return [
        {"epoch": row["epoch"], "jobs": row["jobs"], "draws": row["draws"], "shots_each": job.shots}
        for row in counted.order_by("epoch")
    ]


def job_versions(job: Job) -> dict[str, str]:
    """Versions of the libraries that made its numbers; several of one are listed together."""
    found: dict[str, set[str]] = {}
    for versions in job.runs.values_list("versions", flat=True):
        for name, value in versions.items():
            found.setdefault(name, set()).add(value)
    return {name: ", ".join(sorted(found[name])) for name in sorted(found)}


def measurement_provenance(measurement: Measurement) -> dict[str, Any]:
    """From the number back to the job, attempt, run, calibration and raw payload, or the import."""
    return {
        "measurement": _number(measurement),
        "source": _source(measurement),
        "job": measurement.job and _job(measurement.job),
        "attempt": measurement.run and _attempt(measurement.run),
        "run": measurement.run and _run(measurement.run),
        "submission": measurement.job and _submission(measurement.job, measurement.row),
        "structure": measurement.job and _structure(measurement.job, measurement.row),
        "calibration": _calibration(measurement),
        "raw": _artifact(measurement.raw),
        "shots": {
            "group": measurement.shot_group,
            "covariance": _artifact(measurement.covariance),
        },
        "dataset": measurement.dataset
        and {
            "id": measurement.dataset.pk,
            "name": measurement.dataset.name,
            "citation": measurement.dataset.citation,
            "licence": measurement.dataset.licence,
            "sha256": measurement.dataset.sha256,
            "row": measurement.row,
            "imported_at": measurement.dataset.created_at,
            "imported_by": measurement.dataset.created_by and measurement.dataset.created_by.name,
        },
        "pool": _pool(measurement),
        "reused_by": list(
            Job.objects.filter(reuses__measurement=measurement)
            .order_by("pk")
            .values_list("pk", flat=True)
            .distinct()
        ),
    }


def _artifact(artifact: Artifact | None) -> dict[str, Any] | None:
    return None if artifact is None else {"sha256": artifact.sha256, "size": artifact.size}


def _number(measurement: Measurement) -> dict[str, Any]:
    controls = [control.name for control in measurement.project.controls.all()]
    judged = list(measurement.validity.values("valid", "why", "created_at"))
    return {
        "id": measurement.pk,
        "observable": measurement.observable.name,
        "point": dict(zip(controls, measurement.point, strict=True)),
        "knobs": measurement.knobs,
        "value": measurement.value,
        "std": measurement.std,
        "unit": measurement.unit,
        "shots": measurement.shots,
        "valid": judged[-1]["valid"] if judged else True,
        "judged": judged,
        "identity": measurement.identity,
        "draw": measurement.draw,
        "measured_at": measurement.measured_at,
        "recorded_at": measurement.created_at,
    }


def _source(measurement: Measurement) -> dict[str, Any]:
    revision = measurement.source_revision
    return {
        "name": revision.source.name,
        "role": revision.source.role,
        "revision": revision.number,
        "backend": revision.backend,
        "method": revision.method,
        "settings": revision.settings,
    }


def _job(job: Job) -> dict[str, Any]:
    return {
        "id": job.pk,
        "spec_hash": job.spec_hash,
        "seed": job.seed,
        "created_at": job.created_at,
        "retry_of": job.retry_of_id,
        "replay_of": job.replay_of_id,
    }


def _attempt(run: Run) -> dict[str, Any]:
    attempt = run.job.attempts.filter(number=run.attempt).first()
    return {
        "number": run.attempt,
        "worker": attempt.worker if attempt else "",
        "outcome": attempt.outcome if attempt else "",
        "started_at": attempt and attempt.started_at,
        "ended_at": attempt and attempt.ended_at,
    }


def _submission(job: Job, row: int) -> dict[str, Any] | None:
    """The vendor's task that covered the point, with the digest of the vendor's own bytes."""
    parts = job.submissions.filter(first_row__lte=row, state=Submission.State.DONE)
    part = parts.select_related("raw").order_by("-first_row").first()
    if part is None:
        return None
    return {
        "id": part.pk,
        "vendor": part.vendor,
        "remote_id": part.remote_id,
        "part": part.part,
        "epoch": part.epoch,
        "started_at": part.started_at,
        "settled_cost_micro_usd": part.settled_cost,
        "cost_micro_usd": part.cost,
        "qpu_micro_seconds": part.qpu,
        "raw_sha256": part.raw and part.raw.sha256,
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "id": run.pk,
        "rows": [run.start, run.stop],
        "backend": run.backend,
        "shots": run.shots,
        "seed": run.seed,
        "versions": run.versions,
        "details": run.details,
        "cache_version": run.cache_version,
        "remote_id": run.remote_id,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
    }


def _structure(job: Job, row: int) -> dict[str, Any]:
    """What was run at the point, without shots and seed."""
    experiment, _ = job_experiment(job)
    one: Experiment = experiment.rows(row, row + 1)
    return {
        "system_kind": str(experiment.system.get("kind", "")),
        "system_sha256": identity.digest(dict(experiment.system)),
        "experiment_sha256": identity.digest(one.to_dict()),
    }


def _calibration(measurement: Measurement) -> dict[str, Any] | None:
    """The one in force at run; without ``id`` and digest where no more than its name is known."""
    run, known = measurement.run, measurement.calibration
    if run is not None and run.calibration_id:
        said = {"identifier": run.calibration_id, "calibrated_at": run.calibrated_at}
    elif known is not None:
        said = {"identifier": known.identifier, "calibrated_at": known.calibrated_at}
    else:
        return None
    told = known is not None and bool(known.digest)
    return said | {
        "id": known.pk if known is not None and told else None,
        "device": known.device if known is not None else "",
        "sha256": known.digest if known is not None and told else None,
    }


def _pool(measurement: Measurement) -> dict[str, Any]:
    """The valid draws that count as one with it: the same question in the same epoch."""
    if not measurement.identity or not measurement.shots:
        return {"epoch": measurement.epoch, "measurements": 1, "shots": measurement.shots}
    rows: QuerySet[Measurement] = measurements_valid(measurement.project_id).filter(
        source_revision_id=measurement.source_revision_id, epoch=measurement.epoch
    )
    rows = measurements_answering(rows, [measurement.identity])
    draws = {row.draw or str(row.pk): row.shots or 0 for row in rows}
    return {
        "epoch": measurement.epoch,
        "measurements": len(draws),
        "shots": sum(draws.values()),
    }
