"""From what was asked for to a queued job."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from backends import registry, systems
from backends.errors import ProgramRejected
from backends.schema import Experiment, RunOptions
from qtwin.accounts.models import User
from qtwin.jobs import dispatch
from qtwin.jobs.identity import digest, job_document
from qtwin.jobs.models import Event, Job, JobRequest
from qtwin.jobs.models.job import PRIORITY_RANGE, PRIORITY_STEP
from qtwin.jobs.services.reuse import reuse_find, reuse_record
from qtwin.jobs.services.seed import fresh_seed
from qtwin.jobs.services.spending import held_for_approval, spending_check, spending_reserve
from qtwin.projects.models import Project, Source, SourceRevision, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSpec:
    """What a caller asks of one source.

    Attributes:
        points: Control values, P rows in the order of the project's controls, canonical units.
        knobs: One value for all points or one per point, by knob.
        observables: Names; empty means the system's first observable and those that its document
            adds, as far as the source gives them.
        force: Compute what is known, or is being computed, too.
        replay_of: The job of the same source that this one runs again, to be compared with it.
        priority: From -10 to 10. Every step counts like ten minutes of waiting among the user's
            own jobs of the project; between users and projects it changes nothing.
    """

    source: Source
    points: Sequence[Sequence[float]]
    knobs: Mapping[str, float | Sequence[float]] = field(default_factory=dict)
    observables: Sequence[str] = ()
    shots: int | None = None
    seed: int | None = None
    force: bool = False
    replay_of: Job | None = None
    priority: int = 0

    @property
    def revision(self) -> SourceRevision:
        """The source's latest, or the one that is run again."""
        return self.source.latest if self.replay_of is None else self.replay_of.source_revision


@transaction.atomic
def job_submit(
    *,
    project: Project,
    spec: JobSpec,
    by: User | None,
    request: JobRequest | None = None,
    index: int = 0,
    retry_of: Job | None = None,
    may_spend: bool = True,
) -> Job:
    """Check a job, reserve what it may cost, record it, and hint at it once that is committed.

    Args:
        may_spend: Whether the caller's token has the right to spend.

    Raises:
        SpendingRefused: If it costs what may not be spent.
        ProgramRejected: If it can never run; its field is a pointer into the specification.
        UnknownBackend: If the source's backend is no longer installed.
    """
    revision = spec.revision
    backend = registry.get(revision.backend)
    experiment = _experiment(project, spec)
    options = RunOptions(shots=spec.shots, seed=spec.seed)
    if not spec.observables:
        experiment = replace(experiment, observables=backend.answerable(experiment, options))
    backend.check(experiment, options)
    if abs(spec.priority) > PRIORITY_RANGE:
        raise ProgramRejected(
            f"priority = {spec.priority}; allowed: {-PRIORITY_RANGE} to {PRIORITY_RANGE}",
            field="/priority",
        )
    known = reuse_find(
        project=project,
        revision=revision,
        backend=backend,
        experiment=experiment,
        options=options,
        force=spec.force,
        replay_of=spec.replay_of,
    )
    experiment = known.experiment
    cost = known.cost(backend, options)
    asked: dict[Unit, int] = {}
    if known.points < len(experiment.points):
        asked = spending_check(project, backend, cost, may_spend=may_spend)
    job = Job.objects.create(
        project=project,
        source_revision=revision,
        created_by=by,
        request=request,
        request_index=index,
        retry_of=retry_of,
        points=experiment.points.tolist(),
        knobs=list(experiment.knobs),
        knob_values=experiment.knob_values.tolist() if experiment.knobs else [],
        observables=list(experiment.observables),
        shots=spec.shots,
        seed=spec.seed if spec.seed is not None else fresh_seed(revision),
        seed_given=spec.seed is not None,
        force=spec.force,
        spec_hash=digest(job_document(experiment, revision.backend, spec.shots)),
        replay_of=spec.replay_of,
        estimated_seconds=cost.seconds,
        estimated_cost=asked.get(Unit.MONEY, 0),
        estimated_qpu_seconds=cost.qpu_seconds,
        estimated_shots=cost.shots,
        prices=cost.prices,
        **held_for_approval(project, asked),
        points_total=len(experiment.points),
        points_done=known.points,
        points_reused=known.points,
        chunk_points=spec.replay_of.chunk_points
        if spec.replay_of
        else _chunk_points(
            len(experiment.points) - known.points,
            cost.seconds,
            queues=backend.capabilities.queue is not None,
            most=backend.most_points(experiment, options),
        ),
        priority=spec.priority,
        rank_at=Now() - spec.priority * PRIORITY_STEP,
    )
    Event.objects.create(project=project, job=job, kind="job.state", to_state=job.state)
    spending_reserve(job, asked)
    reuse_record(job, known)
    transaction.on_commit(partial(dispatch.hint, job.pk))
    return job


def _experiment(project: Project, spec: JobSpec) -> Experiment:
    points = np.asarray(spec.points, dtype=np.float64)
    limit = int(settings.JOB_MAX_POINTS)
    if not 1 <= len(points) <= limit:
        raise ProgramRejected(f"{len(points)} points; allowed: 1 to {limit}", field="/points")
    system = systems.load(project.system)
    controls = tuple(control.name for control in system.controls)
    system.check_points(points)
    known = _stored(project, [observable.name for observable in system.observables])
    for row, name in enumerate(spec.observables):
        if name not in known:
            raise ProgramRejected(
                f"unknown observable {name!r}; allowed: {', '.join(known)}",
                field=f"/observables/{row}",
            )
    knobs = tuple(sorted(spec.knobs))
    revision = spec.revision
    return Experiment(
        system=project.system,
        method=revision.method,
        settings=revision.settings,
        controls=controls,
        points=points,
        knobs=knobs,
        knob_values=knob_values(spec.knobs, knobs, len(points)),
        observables=tuple(spec.observables) or tuple(n for n in system.primary if n in known),
    )


def _stored(project: Project, known: Sequence[str]) -> tuple[str, ...]:
    """The project's observables, as old as it is, in the system's order."""
    stored = set(project.observables.values_list("name", flat=True))
    return tuple(name for name in known if name in stored)


def knob_values(
    given: Mapping[str, float | Sequence[float]], knobs: Sequence[str], rows: int
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """One row for each point, from one value for all or one for each.

    Raises:
        ProgramRejected: There are as many as neither.
    """
    values = np.empty((rows, len(knobs)))
    for column, knob in enumerate(knobs):
        value = np.asarray(given[knob], dtype=np.float64)
        if value.ndim and value.shape != (rows,):
            raise ProgramRejected(
                f"{value.size} values of {knob} for {rows} points; allowed: one, or one per point",
                field=f"/knobs/{knob}",
            )
        values[:, column] = value
    return values


def _chunk_points(points: int, seconds: float, *, queues: bool, most: int | None) -> int:
    """How many points make a chunk of about `settings.JOB_CHUNK_S` seconds of work.

    A vendor's queue gets as many as it takes in one run.
    """
    if queues:
        return max(1, min(points, most or points))
    if seconds <= 0:
        return max(1, points)
    return max(1, min(points, math.ceil(float(settings.JOB_CHUNK_S) * points / seconds)))
