"""Jobs, what became of them, and the numbers that they left."""

from __future__ import annotations

from typing import Any

from django.db.models import Min, Q, QuerySet

from qtwin.archives.tables.table import Table, of
from qtwin.jobs.models import (
    Attempt,
    Calibration,
    Event,
    Job,
    Measurement,
    PointFailure,
    Reuse,
    Run,
    Validity,
)
from qtwin.projects.models import Project
from qtwin.twins.models import TwinFit


def _events(project: Project) -> QuerySet[Any]:
    told = Q(job__isnull=False) | Q(kind="campaign.state")
    return Event.objects.filter(told, project=project).order_by("pk")


def _calibrations(project: Project) -> QuerySet[Any]:
    """Of its measurements, and those that aged them, each once, whoever saw it first."""
    used = Measurement.objects.filter(project=project).values("calibration")
    fits = TwinFit.objects.filter(version__twin__project=project).exclude(ageing=[])
    newest = {one["sha256"] for said in fits.values_list("ageing", flat=True) for one in said}
    seen = Q(team=project.team_id) | Q(project=project)
    wanted = Q(pk__in=used) | seen & Q(digest__in=newest - {""})
    rows = Calibration.objects.filter(wanted).order_by().values("backend", "identifier")
    first = rows.annotate(first=Min("pk")).values("first")
    return Calibration.objects.filter(pk__in=first).order_by("pk")


JOBS = Table(
    name="jobs",
    what="What was asked of sources, and how it ended",
    model=Job,
    rows=of(Job, "project"),
    owner="project",
    key="id",
    columns=(
        *("id", "points", "knobs", "knob_values", "observables", "shots", "seed", "spec_hash"),
        *("estimated_seconds", "estimated_cost", "state", "fence", "attempt", "crash_count"),
        *("points_total", "points_done", "points_failed", "points_reused", "chunk_points"),
        *("reason_code", "reason", "created_at", "started_at", "finished_at"),
    ),
    links={"source_revision": "revisions", "retry_of": "jobs", "replay_of": "jobs"},
)
ATTEMPTS = Table(
    name="attempts",
    what="Tries at jobs",
    model=Attempt,
    rows=of(Attempt, "job__project"),
    columns=("number", "started_at", "ended_at", "outcome", "detail"),
    links={"job": "jobs"},
)
FAILURES = Table(
    name="failures",
    what="Points to which a source had no answer, and why",
    model=PointFailure,
    rows=of(PointFailure, "job__project"),
    columns=("row", "reason"),
    links={"job": "jobs"},
)
EVENTS = Table(
    name="events",
    what="What happened to jobs and campaigns, in order",
    model=Event,
    rows=_events,
    owner="project",
    columns=("kind", "from_state", "to_state", "fence", "data", "created_at"),
    links={"job": "jobs"},
    ids_inside=("data",),
)
RUNS = Table(
    name="runs",
    what="Calls of backends: seeds, versions, calibration, and the raw payload that each left",
    model=Run,
    rows=of(Run, "job__project"),
    key="id",
    columns=(
        *("id", "attempt", "start", "stop", "backend", "shots", "seed", "cache_version"),
        *("versions", "details", "remote_id", "calibration_id", "calibrated_at"),
        *("started_at", "finished_at"),
    ),
    links={"job": "jobs", "raw": "artifacts"},
)
CALIBRATIONS = Table(
    name="calibrations",
    what="What devices said of their errors; a run names its own by backend and identifier",
    model=Calibration,
    rows=_calibrations,
    owner="project",
    columns=(
        *("backend", "device", "identifier", "calibrated_at", "digest", "document"),
        "created_at",
    ),
    since=3,
)
MEASUREMENTS = Table(
    name="measurements",
    what="The numbers with their statistical errors",
    model=Measurement,
    rows=of(Measurement, "project"),
    owner="project",
    key="id",
    columns=(
        *("id", "row", "point", "knobs", "value", "std", "mixed_value", "truncation", "unit"),
        *("shots", "shot_group", "identity", "draw", "epoch", "branch"),
        *("measured_at", "created_at"),
    ),
    links={
        "job": "jobs",
        "dataset": "datasets",
        "source_revision": "revisions",
        "observable": "observables",
        "covariance": "artifacts",
        "raw": "artifacts",
        "run": "runs",
    },
)
VALIDITY = Table(
    name="validity",
    what="What was thought of measurements later",
    model=Validity,
    rows=of(Validity, "measurement__project"),
    columns=("valid", "why", "created_at"),
    links={"measurement": "measurements"},
)
REUSES = Table(
    name="reuses",
    what="Measurements that jobs took instead of computing them again",
    model=Reuse,
    rows=of(Reuse, "job__project"),
    columns=("row",),
    links={"job": "jobs", "measurement": "measurements"},
)
