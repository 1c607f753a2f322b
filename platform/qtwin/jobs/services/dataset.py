"""Somebody's numbers join a project: kept as they came, and measurements with a citation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from backends.qpu.recorded_table import table
from backends.qpu.recording import bytes_of
from backends.schema import KnobLimit
from qtwin.accounts.ids import new_id
from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.jobs import identity
from qtwin.jobs.imported import ImportedSource, ImportedTable, read_import
from qtwin.jobs.models import Measurement
from qtwin.projects.models import Artifact, Dataset, Observable, Project, SourceRevision
from qtwin.projects.models.artifact import DATASET, RECORDING
from qtwin.projects.services import artifact_put, evidence_advance, source_create, source_revise

BACKEND, METHOD = "replay", "recorded"


class DatasetConflict(Exception):
    """What is there already stands against it.

    Attributes:
        pointer: Into the request.
    """

    def __init__(self, pointer: str, message: str) -> None:
        super().__init__(message)
        self.pointer = pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSpec:
    """What is imported.

    Attributes:
        citation: Where it was published, or who measured it.
        sources: By name: role, scale, knobs and mixed value, as in SPEC.json of `qtwin fuse`.
        text: The CSV file.
        measured_at: When, if that is known.
    """

    name: str
    citation: str
    licence: str
    observable: Observable
    sources: Mapping[str, Any]
    text: str
    measured_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The import; ``new`` unless the same request had made it before."""

    dataset: Dataset
    warnings: tuple[str, ...] = ()
    new: bool = True


def dataset_import(
    *,
    project: Project,
    spec: DatasetSpec,
    by: User | None,
    key: str = "",
    body_sha256: str = "",
) -> Imported:
    """Make measurements of a file, all or none; the same key and body make them once.

    Raises:
        FileRefused: The file or what is said of its sources is wrong.
        DatasetConflict: The key had another body, the file is there already, or a source of that
            name is something else.
    """
    read = read_import(project, spec.observable, spec.sources, spec.text)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        known = project.datasets.filter(key=key).first() if key else None
        if known is not None:
            if known.body_sha256 != body_sha256:
                said = f"Idempotency-Key {key!r} was used with another body"
                raise DatasetConflict("Idempotency-Key", said)
            return Imported(dataset=known, new=False)
        return _import(project, spec, read, by, {"key": key, "body_sha256": body_sha256})


def _import(
    project: Project,
    spec: DatasetSpec,
    read: ImportedTable,
    by: User | None,
    request: dict[str, str],
) -> Imported:
    data = spec.text.encode()
    _check_new(project, spec.observable, data)
    file = artifact_put(project=project, kind=DATASET, data=data)
    dataset = Dataset.objects.create(
        project=project,
        name=spec.name,
        citation=spec.citation,
        licence=spec.licence,
        sha256=file.sha256,
        created_by=by,
        **request,
    )
    for source in read.sources:
        kept = _record(project, spec, source)
        revision = _revision(project, spec.observable, source, kept, by)
        made = _measurements(dataset, spec, source, kept=kept, revision=revision, file=file)
        Measurement.objects.bulk_create(made)
    evidence_advance(project_id=project.pk)
    target = f"dataset:{dataset.pk}"
    audit_record(action="data.import", user=by, team=project.team, target=target)
    return Imported(dataset=dataset, warnings=read.warnings)


def _check_new(project: Project, observable: Observable, data: bytes) -> None:
    """The same numbers are not counted twice."""
    digest = hashlib.sha256(data).hexdigest()
    rows = Measurement.objects.filter(
        dataset__project=project, dataset__sha256=digest, observable=observable
    )
    known = rows.values_list("dataset", flat=True).first()
    if known is not None:
        raise DatasetConflict(
            "/data",
            f"the file was imported before, as dataset {known}; measurements of it that were "
            "invalidated can be restored",
        )


def _record(project: Project, spec: DatasetSpec, source: ImportedSource) -> Artifact:
    """Keep what one source said as a recording, which its jobs can look up."""
    document = table(
        citation=spec.citation,
        licence=spec.licence,
        controls=[control.name for control in project.controls.all()],
        observable=spec.observable.name,
        rows=[row.recorded for row in source.rows],
        measured_at=spec.measured_at,
    )
    return artifact_put(project=project, kind=RECORDING, data=bytes_of(document))


def _revision(
    project: Project,
    observable: Observable,
    source: ImportedSource,
    kept: Artifact,
    by: User | None,
) -> SourceRevision:
    """A new source of recorded numbers, or the next revision of the one that is there."""
    settings = {
        "recording": kept.sha256,
        "observables": [observable.name],
        "knobs": {limit.name: settings_of(limit) for limit in source.limits},
    }
    there = project.sources.filter(name=source.name).first()
    if there is None:
        made = source_create(
            project=project,
            name=source.name,
            role=source.role,
            backend=BACKEND,
            method=METHOD,
            settings=settings,
            learn_scale=source.learn_scale,
            by=by,
        )
        return made.latest
    latest = there.latest
    if (latest.backend, there.role, latest.learn_scale) != (
        BACKEND,
        source.role,
        source.learn_scale,
    ):
        raise DatasetConflict(
            f"/sources/{source.name}",
            f"the project has a source {source.name!r}, {there.role}, {latest.method} on "
            f"{latest.backend}; allowed: another name, or recorded numbers of the same role",
        )
    if latest.settings == settings:
        return latest
    return source_revise(source=there, settings=settings, by=by)


def settings_of(limit: KnobLimit) -> dict[str, Any]:
    """A knob's limit as a recorded source has it in its settings, below its name."""
    return {name: value for name, value in limit.to_dict().items() if name != "name"}


def _measurements(
    dataset: Dataset,
    spec: DatasetSpec,
    source: ImportedSource,
    *,
    kept: Artifact,
    revision: SourceRevision,
    file: Artifact,
) -> list[Measurement]:
    observable, now = spec.observable, timezone.now()
    return [
        Measurement(
            id=new_id(),
            project_id=dataset.project_id,
            dataset=dataset,
            row=row.recorded.row,
            source_revision=revision,
            observable=observable,
            point=list(row.recorded.point),
            knobs=dict(row.recorded.knobs),
            value=row.recorded.value,
            std=row.recorded.std,
            mixed_value=row.recorded.mixed_value,
            unit=observable.unit,
            shots=row.recorded.shots,
            shot_group=f"{dataset.pk}:{row.group}" if row.group else "",
            raw=file,
            draw=identity.recorded(kept.sha256, row=row.recorded.row, observable=observable.name),
            epoch=row.recorded.epoch,
            branch=row.branch,
            measured_at=spec.measured_at or now,
        )
        for row in source.rows
    ]
