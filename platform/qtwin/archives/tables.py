"""The tables of an archive: which columns of which rows, and what they point at.

People, hosts, budgets and vendor tokens stay behind. A link is written as the key of the row that
it points at: its id, or its name for observables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet

from qtwin.jobs.models import (
    Attempt,
    Event,
    Job,
    Measurement,
    PointFailure,
    Reuse,
    Run,
    Validity,
)
from qtwin.projects.models import (
    Artifact,
    Control,
    Dataset,
    Observable,
    Project,
    Source,
    SourceRevision,
)
from qtwin.twins.models import TwinFit, TwinVersion

Rows = Callable[[Project], QuerySet[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One member ``data/<name>.jsonl``.

    Attributes:
        columns: Plain fields, by name.
        links: Field to the table that it points into; ``project`` and ``twin`` are implied.
        owner: The implied field, empty where a link leads to the owner.
        key: The column that others point at; rows without one have no id of their own.
        ids_inside: Columns whose JSON values may hold ids of measurements and jobs.
    """

    name: str
    what: str
    model: type[Model]
    rows: Rows
    columns: tuple[str, ...]
    links: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""
    key: str = ""
    ids_inside: tuple[str, ...] = ()

    @property
    def member(self) -> str:
        return f"data/{self.name}.jsonl"


def _of(model: Any, path: str) -> Rows:
    """The rows that belong to a project along ``path``."""
    return lambda project: model._base_manager.filter(**{path: project}).order_by("pk")


CONTROLS = Table(
    name="controls",
    what="The control parameters with their units and bounds",
    model=Control,
    rows=_of(Control, "project"),
    owner="project",
    columns=("position", "name", "label", "unit", "lower", "upper"),
)
OBSERVABLES = Table(
    name="observables",
    what="The wanted quantities with their units and physical bounds",
    model=Observable,
    rows=_of(Observable, "project"),
    owner="project",
    key="name",
    columns=("name", "label", "unit", "lower", "upper", "variational"),
)
SOURCES = Table(
    name="sources",
    what="Methods on backends whose numbers the twin weighs",
    model=Source,
    rows=_of(Source, "project"),
    owner="project",
    key="id",
    columns=("id", "name", "label", "role", "created_at"),
)
REVISIONS = Table(
    name="revisions",
    what="The settings of each source, one row for each change",
    model=SourceRevision,
    rows=_of(SourceRevision, "source__project"),
    key="id",
    columns=(
        *("id", "number", "backend", "method", "settings", "knobs", "learn_scale"),
        "created_at",
    ),
    links={"source": "sources"},
)
DATASETS = Table(
    name="datasets",
    what="Imported data with citation and licence",
    model=Dataset,
    rows=_of(Dataset, "project"),
    owner="project",
    key="id",
    columns=("id", "name", "citation", "licence", "sha256", "created_at"),
)
ARTIFACTS = Table(
    name="artifacts",
    what="The files under artifacts/: raw payloads of runs, fits of the twin",
    model=Artifact,
    rows=_of(Artifact, "project"),
    owner="project",
    key="id",
    columns=("id", "kind", "sha256", "size", "created_at"),
)
JOBS = Table(
    name="jobs",
    what="What was asked of sources, and how it ended",
    model=Job,
    rows=_of(Job, "project"),
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
    rows=_of(Attempt, "job__project"),
    columns=("number", "started_at", "ended_at", "outcome", "detail"),
    links={"job": "jobs"},
)
FAILURES = Table(
    name="failures",
    what="Points to which a source had no answer, and why",
    model=PointFailure,
    rows=_of(PointFailure, "job__project"),
    columns=("row", "reason"),
    links={"job": "jobs"},
)
EVENTS = Table(
    name="events",
    what="What happened to jobs, in order",
    model=Event,
    rows=lambda project: Event.objects.filter(project=project, job__isnull=False).order_by("pk"),
    owner="project",
    columns=("kind", "from_state", "to_state", "fence", "data", "created_at"),
    links={"job": "jobs"},
    ids_inside=("data",),
)
RUNS = Table(
    name="runs",
    what="Calls of backends: seeds, versions, calibration, and the raw payload that each left",
    model=Run,
    rows=_of(Run, "job__project"),
    key="id",
    columns=(
        *("id", "attempt", "start", "stop", "backend", "shots", "seed", "cache_version"),
        *("versions", "details", "remote_id", "calibration_id", "calibrated_at"),
        *("started_at", "finished_at"),
    ),
    links={"job": "jobs", "raw": "artifacts"},
)
MEASUREMENTS = Table(
    name="measurements",
    what="The numbers with their statistical errors",
    model=Measurement,
    rows=_of(Measurement, "project"),
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
    rows=_of(Validity, "measurement__project"),
    columns=("valid", "why", "created_at"),
    links={"measurement": "measurements"},
)
REUSES = Table(
    name="reuses",
    what="Measurements that jobs took instead of computing them again",
    model=Reuse,
    rows=_of(Reuse, "job__project"),
    columns=("row",),
    links={"job": "jobs", "measurement": "measurements"},
)
VERSIONS = Table(
    name="versions",
    what="Versions of the twin",
    model=TwinVersion,
    rows=_of(TwinVersion, "twin__project"),
    owner="twin",
    key="id",
    columns=(
        *("id", "number", "measurements", "as_of", "fusion_version", "seed", "fit_seconds"),
        *("refit", "created_at"),
    ),
)
FITS = Table(
    name="fits",
    what="The fit of each observable in each version, with its evidence and its digest",
    model=TwinFit,
    rows=_of(TwinFit, "version__twin__project"),
    columns=(
        *("digest", "claim", "references", "c2", "nu", "scores", "sources", "measurement_ids"),
        *("conflicts", "changes"),
    ),
    links={"version": "versions", "observable": "observables", "artifact": "artifacts"},
    ids_inside=("measurement_ids", "changes"),
)

TABLES = (
    *(CONTROLS, OBSERVABLES, SOURCES, REVISIONS, DATASETS, ARTIFACTS, JOBS, ATTEMPTS, FAILURES),
    *(EVENTS, RUNS, MEASUREMENTS, VALIDITY, REUSES, VERSIONS, FITS),
)
"""Each table points only into those before it; exports read them backwards, so that what a row
points at is there although others write meanwhile."""
