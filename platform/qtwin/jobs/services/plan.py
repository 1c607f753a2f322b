"""What a job would be and cost, worked out from what was asked for; nothing is written."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from django.conf import settings

from backends import registry, systems
from backends.base import Backend
from backends.errors import ProgramRejected
from backends.schema import Cost, Experiment, RunOptions
from qtwin.jobs.models import Job
from qtwin.jobs.models.job import PRIORITY_RANGE
from qtwin.jobs.services.reuse import Known, reuse_find
from qtwin.projects.models import Project, Source, SourceRevision


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A job that could be recorded.

    Attributes:
        known: Its experiment, the points first that need no run.
        cost: Of what is left to run, on this machine.
    """

    revision: SourceRevision
    backend: Backend
    options: RunOptions
    known: Known
    cost: Cost

    @property
    def points(self) -> int:
        return len(self.known.experiment.points)

    @property
    def new_points(self) -> int:
        """How many are left to run."""
        return self.points - self.known.points

    @property
    def chunk_points(self) -> int:
        """How many points are run at once; a vendor's queue gets as many as it takes in a run."""
        return _chunk_points(
            self.new_points,
            self.cost.seconds,
            queues=self.backend.capabilities.queue is not None,
            most=self.backend.most_points(self.known.experiment, self.options),
        )


def job_plan(project: Project, spec: JobSpec) -> Planned:
    """Check a job, and look for what is known already.

    Raises:
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
    return Planned(
        revision=revision,
        backend=backend,
        options=options,
        known=known,
        cost=known.cost(backend, options),
    )


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
        observables=tuple(spec.observables)
        or tuple(name for name in system.primary if name in known)
        or known[:1],
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
    """How many points make a chunk of about `settings.JOB_CHUNK_S` seconds of work."""
    if queues:
        return max(1, min(points, most or points))
    if seconds <= 0:
        return max(1, points)
    return max(1, min(points, math.ceil(float(settings.JOB_CHUNK_S) * points / seconds)))
