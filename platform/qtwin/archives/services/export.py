"""A project becomes one file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from django.db.models import F
from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.archives import crate, head, tables
from qtwin.archives.actions import (
    campaign_actions,
    fits_of,
    job_actions,
    time_text,
    version_actions,
)
from qtwin.archives.errors import ArchiveError
from qtwin.archives.rows import to_row
from qtwin.archives.sheet import Sheet
from qtwin.archives.text import write
from qtwin.archives.writing import Writer
from qtwin.comments.models import Comment
from qtwin.comments.people import written
from qtwin.jobs.selectors import measurements_of
from qtwin.projects.models import Artifact, Project
from qtwin.projects.models.artifact import ERASED
from qtwin.projects.services import artifact_read
from qtwin.projects.storage import Corrupt
from qtwin.twins.evidence import READING, NoEvidence, evidence_of_fit
from qtwin.twins.models import TwinFit

ROWS = 1000
"""Rows in memory at a time."""


def project_export(
    project: Project, file: IO[bytes], *, by: User | None, licence: str = ""
) -> None:
    """Write a project as an RO-Crate; others may go on writing to it.

    Args:
        file: Where to; need not be seekable.
        licence: Of the project's own data, a name from SPDX or an address.

    Raises:
        ArchiveError: If the store lost a file.
    """
    writer = Writer(file)
    try:
        _write(project, writer, licence)
    finally:
        writer.close()
    audit_record(
        action="project.export", user=by, team=project.team, target=f"project:{project.pk}"
    )


def _write(project: Project, writer: Writer, licence: str) -> None:
    now = timezone.now()
    keys = {"observables": dict(project.observables.values_list("pk", "name"))}
    fits, jobs = fits_of(project), job_actions(project)
    for table in reversed(tables.TABLES):
        if table is tables.MEASUREMENTS:
            _measurements(project, writer, keys)
            continue
        rows = table.rows(project).iterator(ROWS)
        if table is tables.COMMENTS:
            rows = map(_without_people, rows)
        writer.lines(table.member, table.what, (to_row(table, item, keys) for item in rows))
    _artifacts(project, writer)
    top = head.Head(
        id=str(project.pk),
        name=project.name,
        description=project.description,
        system=project.system,
        exported_at=now.isoformat(),
        reading=READING,
        verified=[[f.version.number, f.observable.name] for f in fits if _has_its_digest(f)],
    )
    writer.add(
        head.MEMBER, "The project and its system", "application/json", [write(top.to_dict())]
    )
    actions = [*jobs, *version_actions(fits)]
    plans = campaign_actions(project, {action.identifier for action in jobs})
    document = crate.crate(
        name=project.name,
        description=project.description or f"A digital twin of {project.name} and its evidence",
        published=time_text(now),
        licence=licence,
        members=writer.members,
        citations=[
            crate.cited(f"#dataset-{d.pk}", d.name, d.citation, d.licence)
            for d in project.datasets.order_by("pk")
        ],
        actions=[*(action.entity() for action in actions), *plans],
        programs=crate.software(item for action in actions for item in action.software.items()),
    )
    writer.finish(crate.METADATA, document)


def _measurements(project: Project, writer: Writer, keys: dict[str, dict[Any, Any]]) -> None:
    """The rows, and in the same pass a sheet of them, put aside until the rows are written."""
    table = tables.MEASUREMENTS
    sheet = Sheet([control.name for control in project.controls.all()])
    with tempfile.TemporaryFile() as aside:
        aside.write(sheet.header())

        def rows() -> Iterator[dict[str, Any]]:
            found = measurements_of(project.pk).annotate(replay_of=F("job__replay_of"))
            for item in found.select_related("covariance").order_by("pk").iterator(ROWS):
                aside.write(sheet.row(item))
                yield to_row(table, item, keys)

        writer.lines(table.member, table.what, rows())
        aside.seek(0)
        writer.add(
            "data/measurements.csv",
            "The numbers with their statistical errors, for a spreadsheet",
            "text/csv",
            iter(lambda: aside.read(2**20), b""),
        )


def _without_people(comment: Comment) -> Comment:
    """As it is archived: people stay behind, also those whom it names."""
    comment.text = written(comment.text, {})
    return comment


def _artifacts(project: Project, writer: Writer) -> None:
    seen: set[str] = set()
    rows = Artifact.objects.filter(project=project).exclude(kind=ERASED)
    for artifact in rows.order_by("pk").iterator(ROWS):
        if artifact.sha256 in seen:
            continue
        seen.add(artifact.sha256)
        name, packed = f"artifacts/{artifact.sha256}", artifact.kind == "job-result"
        try:
            data = artifact_read(artifact)
        except (FileNotFoundError, Corrupt) as error:
            raise ArchiveError(name, f"the store lost it ({type(error).__name__})") from None
        encoding = "application/gzip" if packed else "application/octet-stream"
        writer.add(name, f"Artifact: {artifact.kind}", encoding, [data], pack=not packed)


def _has_its_digest(fit: TwinFit) -> bool:
    try:
        evidence = evidence_of_fit(fit)
    except NoEvidence:
        return False
    return evidence.digest(fit.version.seed, fit.version.fusion_version) == fit.digest
