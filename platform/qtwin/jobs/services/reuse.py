"""Numbers that are known already are not computed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from backends.base import Backend
from backends.schema import Cost, Experiment, RunOptions
from qtwin.jobs.identity import identities
from qtwin.jobs.models import Event, Job, Measurement, Reuse, Run, State
from qtwin.jobs.selectors import (
    job_experiment,
    measurements_answering,
    measurements_valid,
)
from qtwin.jobs.services.move import move
from qtwin.jobs.services.seed import seeds_decide
from qtwin.projects.models import Project, SourceRevision

BATCH = 500
"""Identities per query, well below what a database takes."""


class Found(NamedTuple):
    """A measurement, and the job that made it."""

    measurement: UUID
    job: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An experiment whose first points need no run.

    Attributes:
        experiment: The known points, then the others, each in the order asked for.
        measurements: Of each known point, one per observable.
    """

    experiment: Experiment
    measurements: Sequence[Sequence[Found]] = ()

    @property
    def points(self) -> int:
        return len(self.measurements)

    def cost(self, backend: Backend, options: RunOptions) -> Cost:
        """Of what is left to run, on this machine."""
        left = self.experiment.rows(self.points, len(self.experiment.points))
        return backend.estimate(left, options).here() if len(left.points) else Cost()


def reuse_find(
    *,
    project: Project,
    revision: SourceRevision,
    backend: Backend,
    experiment: Experiment,
    options: RunOptions,
    force: bool = False,
    replay_of: Job | None = None,
) -> Known:
    """Look for valid measurements of the same questions by the same versions.

    A replay reuses what the job that it repeats did, so that its runs begin at the same row and
    draw the same shots.

    A sampled number is only known where the caller names its seed, which decides it: on a
    simulator here. Otherwise more shots are new information.
    """
    if replay_of is not None:
        return Known(experiment=experiment, measurements=_reused_by(replay_of))
    seed_decides = options.seed is not None and seeds_decide(backend.capabilities)
    if force or (options.shots is not None and not seed_decides):
        return Known(experiment=experiment)
    rows = _usable(project, revision, options)
    if not rows.exists():
        return Known(experiment=experiment)
    wanted = identities(experiment, revision.backend)
    found = _measured(rows, wanted)
    known = [row for row, names in enumerate(wanted) if all(name in found for name in names)]
    others = [row for row in range(len(wanted)) if row not in set(known)]
    order = known + others
    return Known(
        experiment=replace(
            experiment,
            points=experiment.points[order],
            knob_values=experiment.knob_values[order],
        ),
        measurements=[[found[name] for name in wanted[row]] for row in known],
    )


def _reused_by(job: Job) -> list[list[Found]]:
    rows: list[list[Found]] = [[] for _ in range(job.points_reused)]
    for row, *found in job.reuses.values_list("row", "measurement", "measurement__job"):
        rows[row].append(Found(*found))
    return rows


def _usable(
    project: Project, revision: SourceRevision, options: RunOptions
) -> QuerySet[Measurement]:
    rows = measurements_valid(project.pk).filter(
        source_revision=revision, shots=options.shots, run__isnull=False
    )
    return rows.filter(std=0) if options.seed is None else rows.filter(job__seed=options.seed)


def _measured(rows: QuerySet[Measurement], wanted: Sequence[Sequence[str]]) -> dict[str, Found]:
    """The oldest measurement by identity."""
    names = sorted({name for row in wanted for name in row})
    found: dict[str, Found] = {}
    same: dict[UUID, bool] = {}
    for start in range(0, len(names), BATCH):
        batch = measurements_answering(rows, names[start : start + BATCH]).order_by("pk")
        for name, run, *one in batch.values_list("identity", "run", "pk", "job"):
            if run not in same:
                same[run] = _same_versions(Run.objects.get(pk=run).versions)
            if same[run]:
                found.setdefault(name, Found(*one))
    return found


def _same_versions(versions: dict[str, str]) -> bool:
    """Whether each package is what is installed here, as far as it is installed here."""
    return all(_installed(name) in {kept, None} for name, kept in versions.items())


@cache
def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def reuse_at_start(job: Job, backend: Backend) -> None:
    """Look again when a claimed job would begin: others may have measured its points meanwhile.

    A job that has reserved something takes all of its points or none, so that its bill and what it
    reserved stay comparable.

    Raises:
        LeaseLost: If somebody else has it.
    """
    if job.state != State.QUEUED or job.started_at is not None or job.force or job.replay_of_id:
        return
    experiment, options = job_experiment(job)
    left = experiment.rows(job.points_reused, job.points_total)
    known = reuse_find(
        project=job.project,
        revision=job.source_revision,
        backend=backend,
        experiment=left,
        options=options if job.seed_given else replace(options, seed=None),
    )
    reserves = job.estimated_cost or job.estimated_qpu_seconds or job.estimated_shots
    if not known.points or (reserves and known.points < len(left.points)):
        return
    first, found = job.points_reused, known.experiment
    with transaction.atomic():
        move(
            job,
            State.QUEUED,
            keep_lease=True,
            points=job.points[:first] + found.points.tolist(),
            knob_values=job.knob_values[:first] + found.knob_values.tolist() if job.knobs else [],
            points_done=first + known.points,
            points_reused=first + known.points,
            data={"points_done": first + known.points, "points_total": job.points_total},
        )
        reuse_record(job, known)


@transaction.atomic
def reuse_record(job: Job, known: Known) -> None:
    """Link the last known points of a job to their measurements, and end it when all are known."""
    if not known.points:
        return
    first = job.points_reused - known.points
    Reuse.objects.bulk_create(
        Reuse(job=job, row=first + row, measurement_id=found.measurement)
        for row, measurements in enumerate(known.measurements)
        for found in measurements
    )
    jobs = sorted({str(found.job) for row in known.measurements for found in row})
    data = {"points": known.points, "jobs": jobs}
    Event.objects.create(project_id=job.project_id, job=job, kind="job.reuse", data=data)
    if job.points_reused == job.points_total:
        total = job.points_total
        move(job, State.DONE, data={"points_done": total, "points_total": total})
