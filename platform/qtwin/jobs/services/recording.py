"""A vendor's result of another time becomes a source whose jobs read it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import transaction

from backends import registry, systems
from backends.errors import ProgramRejected
from backends.qpu.recorded_payload import VENDORS, payload_document
from backends.qpu.recording import bytes_of
from backends.schema import Experiment, KnobLimit, RunOptions
from qtwin.accounts.models import User
from qtwin.jobs.services.dataset import BACKEND, METHOD, DatasetConflict, settings_of
from qtwin.jobs.services.plan import knob_values
from qtwin.projects.models import Project, Role, Source
from qtwin.projects.models.artifact import RECORDING
from qtwin.projects.services import artifact_put, source_create


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingSpec:
    """A result, and what it answers.

    Attributes:
        source: Name of the source that it becomes.
        payload: What the vendor's adapter keeps of a task.
        method: Of the task, as its settings, points, knobs, observables, shots and seed.
    """

    source: str
    role: str = Role.DEVICE
    citation: str
    licence: str
    vendor: str
    payload: bytes
    method: str
    points: Sequence[Sequence[float]]
    observables: Sequence[str]
    shots: int | None
    seed: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    knobs: Mapping[str, float | Sequence[float]] = field(default_factory=dict)


def recording_add(*, project: Project, spec: RecordingSpec, by: User | None) -> tuple[Source, bool]:
    """Keep a vendor's bytes with what they answer; nothing of them is read here.

    Returns:
        The source, and whether it is new: the same recording under the same name is the same.

    Raises:
        ProgramRejected: What it is said to answer can never run on the vendor's backend.
        DatasetConflict: A source of that name is something else.
    """
    experiment, options = _experiment(project, spec), RunOptions(shots=spec.shots, seed=spec.seed)
    backend = registry.get(spec.vendor)
    backend.check(experiment, options)
    limits = {limit.name: limit for limit in backend.limits(spec.method, spec.settings)}
    document = payload_document(
        citation=spec.citation,
        licence=spec.licence,
        vendor=spec.vendor,
        experiment=experiment,
        options=options,
        payload=spec.payload,
    )
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        kept = artifact_put(project=project, kind=RECORDING, data=bytes_of(document))
        settings = {
            "recording": kept.sha256,
            "observables": list(experiment.observables),
            "knobs": {name: _limit(limits.get(name)) for name in experiment.knobs},
            "vendor": spec.vendor,
        }
        known = project.sources.filter(name=spec.source).first()
        if known is None:
            made = source_create(
                project=project,
                name=spec.source,
                role=spec.role,
                backend=BACKEND,
                method=METHOD,
                settings=settings,
                by=by,
            )
            return made, True
        latest = known.latest
        if (latest.backend, latest.settings, known.role) != (BACKEND, settings, spec.role):
            raise DatasetConflict("/source", f"the project has a source {spec.source!r} already")
        return known, False


def _experiment(project: Project, spec: RecordingSpec) -> Experiment:
    if spec.vendor not in VENDORS:
        allowed = ", ".join(VENDORS)
        raise ProgramRejected(f"{spec.vendor!r}; allowed: {allowed}", field="/vendor")
    system = systems.load(project.system)
    system.check_points(spec.points)
    knobs = tuple(sorted(spec.knobs))
    return Experiment(
        system=project.system,
        method=spec.method,
        settings=spec.settings,
        controls=tuple(control.name for control in system.controls),
        points=np.asarray(spec.points, dtype=np.float64),
        knobs=knobs,
        knob_values=knob_values(spec.knobs, knobs, len(spec.points)),
        observables=tuple(spec.observables),
    )


def _limit(limit: KnobLimit | None) -> dict[str, Any] | None:
    return None if limit is None else settings_of(limit)
