"""Jobs side by side: their numbers joined on controls, knobs and observable.

Each number is held against that of the first job, by statistical errors alone: two sources with
different biases may rightly differ by many of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from qtwin.jobs.comparison import Verdict, compare
from qtwin.jobs.models import Job, Measurement, Reuse
from qtwin.jobs.selectors import measurements_of_job

Key = tuple[tuple[tuple[str, float], ...], tuple[tuple[str, float], ...], str]
"""Controls by name, knobs by name, observable."""

LOOKED_AT = 20
"""Jobs before one among which the source's last run is looked for."""

MOST_ROWS = 5000
"""Measurements of one job that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One number of one job.

    Attributes:
        verdict: Against the first job; None where that has no such number, or is this job.
        sigmas: How far apart, in both statistical errors together; None where both are exact.
        same: It is the very measurement, or the same shots, that the first job has.
    """

    measurement: Measurement
    verdict: Verdict | None = None
    sigmas: float | None = None
    same: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One point and observable; ``readings`` are in the order of the jobs, None where missing."""

    controls: Mapping[str, float]
    knobs: Mapping[str, float]
    observable: str
    unit: str
    readings: Sequence[Reading | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a job's numbers came to against the first job's.

    Attributes:
        chi2: Sum of ``sigmas`` squared over ``counted`` numbers that are independent and inexact.
    """

    verdicts: Mapping[str, int]
    chi2: float
    counted: int


def rows_side_by_side(jobs: Sequence[Job]) -> list[Row]:
    """Every point and observable that any of the jobs has a number of, by controls."""
    found = [_readings(job) for job in jobs]
    keys = sorted({key for one in found for key in one})
    return [_row(key, [one.get(key) for one in found]) for key in keys]


def tallies(rows: Sequence[Row]) -> list[Tally]:
    """One per job but the first."""
    columns = list(zip(*(row.readings for row in rows), strict=True))[1:]
    return [_tally([one for one in column if one is not None]) for column in columns]


def _tally(readings: Sequence[Reading]) -> Tally:
    judged = [one for one in readings if one.verdict is not None]
    fresh = [one.sigmas for one in judged if one.sigmas is not None and not one.same]
    counts = {str(word): sum(one.verdict == word for one in judged) for word in Verdict}
    return Tally(
        verdicts={word: count for word, count in counts.items() if count},
        chi2=sum(sigmas**2 for sigmas in fresh),
        counted=len(fresh),
    )


def _readings(job: Job) -> dict[Key, Measurement]:
    """Its numbers; what it reused gives way to what it measured itself."""
    names = list(job.project.controls.values_list("name", flat=True))
    rows: QuerySet[Measurement] = measurements_of_job(job).select_related("observable")
    reused = Exists(Reuse.objects.filter(job=job, measurement=OuterRef("pk")))
    found: dict[Key, Measurement] = {}
    for row in rows.annotate(reused=reused).order_by("-reused", "row", "pk")[:MOST_ROWS]:
        controls = tuple(zip(names, row.point, strict=False))
        found[controls, tuple(sorted(row.knobs.items())), row.observable.name] = row
    return found


def _row(key: Key, measured: Sequence[Measurement | None]) -> Row:
    controls, knobs, observable = key
    base = measured[0]
    known = next(one for one in measured if one is not None)
    return Row(
        controls=dict(controls),
        knobs=dict(knobs),
        observable=observable,
        unit=known.unit,
        readings=[
            None if one is None else _reading(base if place else None, one)
            for place, one in enumerate(measured)
        ],
    )


def _reading(base: Measurement | None, row: Measurement) -> Reading:
    if base is None or base.unit != row.unit:
        return Reading(measurement=row)
    spread = hypot(base.std, row.std)
    return Reading(
        measurement=row,
        verdict=compare(base, row),
        sigmas=(row.value - base.value) / spread if spread else None,
        same=base.pk == row.pk or bool(row.draw and base.draw == row.draw),
    )


def other_runs(job: Job, jobs: QuerySet[Job]) -> dict[str, Job]:
    """Of the jobs that one may see, those that one would compare with this one, by what they are.

    The source's last run is the one before it that measured something.
    """
    revisions = list(job.source_revision.source.revisions.values_list("pk", flat=True))
    before = jobs.filter(source_revision__in=revisions, created_at__lt=job.created_at)
    measured = (one for one in before.order_by("-created_at", "-pk")[:LOOKED_AT] if _measures(one))
    found = {
        "its retry": jobs.filter(retry_of=job).first(),
        "the job that it retries": _one(jobs, job.retry_of_id),
        "its replay": jobs.filter(replay_of=job).order_by("-created_at").first(),
        "the job that it replays": _one(jobs, job.replay_of_id),
        "its source’s run before": next(measured, None),
    }
    return {word: one for word, one in found.items() if one is not None}


def _measures(job: Job) -> bool:
    return job.points_done > 0 and job.replay_of_id is None


def _one(jobs: QuerySet[Job], pk: UUID | None) -> Job | None:
    return None if pk is None else jobs.filter(pk=pk).first()
