"""A file becomes a project: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime

from backends import systems
from backends.errors import ProgramRejected
from qtwin.accounts.models import Team, User
from qtwin.accounts.services import audit_record
from qtwin.archives import head, tables
from qtwin.archives.campaign_checks import CampaignRows
from qtwin.archives.checks import (
    check_ageing,
    check_calibration,
    check_fit,
    check_job,
    check_measurement,
    end_job,
)
from qtwin.archives.errors import ArchiveError
from qtwin.archives.head import Head
from qtwin.archives.ids import Ids, plan_ids
from qtwin.archives.insertion import Inserter
from qtwin.archives.limits import Limits
from qtwin.archives.reading import Reader
from qtwin.archives.rows import from_row, map_ids
from qtwin.archives.tables import Table
from qtwin.jobs.covariance import KIND as COVARIANCE
from qtwin.jobs.covariance import ShotCovariance
from qtwin.jobs.models import Run
from qtwin.projects.models import Project
from qtwin.projects.models.artifact import ERASED
from qtwin.projects.storage import store
from qtwin.twins.evidence import READING, NoEvidence, evidence_of_fit
from qtwin.twins.models import Twin, TwinFit


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The new project, and whether its rows have the ids that they had."""

    project: Project
    ids_kept: bool


def project_import(
    file: IO[bytes],
    *,
    team: Team,
    by: User | None,
    limits: Limits | None = None,
    within: Callable[[Imported], None] = lambda made: None,
) -> Imported:
    """Make a project of an archive.

    Ids are kept where all are free here, and with them the digests of evidence, which are then
    checked; else all ids are new and the digests follow them. The numbers are the same.

    Args:
        within: Called at the end of the transaction; what it raises undoes everything.

    Raises:
        ArchiveError: It names the member and what is wrong with it; nothing was imported.
    """
    with Reader(file, limits or Limits()) as reader:
        top = _head(reader)
        ids = plan_ids(reader, top)
        with transaction.atomic():
            loader = _Loader(reader, top, ids, team=team, by=by)
            for table in tables.tables_of(top.format):
                loader.load(table)
            loader.keep_files()
            target = f"project:{loader.project.pk}"
            audit_record(action="project.import", user=by, team=team, target=target)
            made = Imported(project=loader.project, ids_kept=ids.kept)
            within(made)
    return made


def _head(reader: Reader) -> Head:
    try:
        top = Head.from_dict(reader.document(head.MEMBER))
        systems.load(top.system)
        if (moment := parse_datetime(top.exported_at)) is None or moment.tzinfo is None:
            raise ValueError(f"exported_at = {top.exported_at!r:.40}; allowed: a time with a zone")
    except ProgramRejected as error:
        raise ArchiveError(head.MEMBER, f"/system{error.field}: {error}") from None
    except ValueError as error:
        raise ArchiveError(head.MEMBER, str(error)) from None
    return top


class _Loader:
    """Makes rows in the order of the tables, and knows what was made."""

    def __init__(self, reader: Reader, top: Head, ids: Ids, *, team: Team, by: User | None) -> None:
        self._reader, self._top, self._ids = reader, top, ids
        self.project = Project.objects.create(
            id=UUID(ids.of[top.id]),
            team=team,
            name=top.name,
            description=top.description,
            system=top.system,
            evidence=1,
            created_by=by,
        )
        self._owners = {
            "project": self.project,
            "twin": Twin.objects.create(project=self.project),
        }
        self._made: dict[str, dict[Any, Any]] = {}
        self._files: list[str] = []
        self._controls = 0
        self._campaigns = CampaignRows(self.project, exported_at=top.exported_at, by=by)

    def load(self, table: Table) -> None:
        """All rows of a table; links within it may point at any of them."""
        made = self._made.setdefault(table.name, {})
        if table.name in table.links.values():
            made |= {row["id"]: self._ids.of[row["id"]] for _, row in self._rows(table)}
        inserter = Inserter(table)
        for number, row in self._rows(table):
            try:
                values = from_row(table, row, self._resolve)
                self._adapt(table, values)
                item = self._item(table, values)
            except ValueError as error:
                raise ArchiveError(table.member, f"line {number}: {error}") from None
            inserter.add(number, item, row.get("id"))
        inserter.flush()
        made |= inserter.made
        if table is tables.OBSERVABLES:
            made |= dict(self.project.observables.values_list("name", "pk"))
        elif table is tables.CONTROLS:
            self._controls = self.project.controls.count()
        elif table is tables.MEASUREMENTS:
            self._restate_calibrations()

    def keep_files(self) -> None:
        """Put the files into the store; only now, so that a bad archive leaves none there."""
        for sha256 in self._files:
            store().put(self._reader.artifact(sha256))

    def _rows(self, table: Table) -> Iterator[tuple[int, Any]]:
        return self._reader.lines(table.member)

    def _resolve(self, target: str, key: Any) -> Any:
        try:
            return self._made[target][key]
        except (KeyError, TypeError):
            raise ValueError(f"{key!r:.60} is not in {target}") from None

    def _item(self, table: Table, values: dict[str, Any]) -> Any:
        owner = {table.owner: self._owners[table.owner]} if table.owner else {}
        item: Any = table.model(**owner, **values)
        if isinstance(item, TwinFit):
            item.digest = self._digest(item, values["digest"])
        return item

    def _adapt(self, table: Table, values: dict[str, Any]) -> None:
        """Ids to those here, and the checks that a column cannot make alone."""
        if table.serial:
            del values["id"]
        elif table.key == "id":
            values["id"] = self._ids.of[str(values["id"])]
        if not self._ids.kept:
            for name in table.ids_inside:
                values[name] = map_ids(values[name], self._ids.of)
        self._check(table, values)

    def _check(self, table: Table, values: dict[str, Any]) -> None:
        if table is tables.JOBS:
            check_job(values, self._controls)
            end_job(values, self._top.exported_at)
        elif table is tables.MEASUREMENTS:
            check_measurement(values, self._controls)
        elif table is tables.CALIBRATIONS:
            check_calibration(values)
        elif table is tables.FITS:
            check_ageing(values["ageing"])
        elif table is tables.ARTIFACTS:
            self._describe(values)
        else:
            self._campaigns.adapt(table, values, self._controls)

    def _restate_calibrations(self) -> None:
        """Measurements point at the calibration that their run names."""
        for known in self.project.calibrations.all():
            runs = Run.objects.filter(
                job__project=self.project,
                backend=known.backend,
                calibration_id=known.identifier,
            )
            self.project.measurements.filter(run__in=runs).update(calibration=known)

    def _describe(self, values: dict[str, Any]) -> None:
        """Check an artifact's bytes, which are kept at the end; one that was erased has none."""
        if values["kind"] == ERASED:
            return
        data = self._reader.artifact(values["sha256"])
        if values["kind"] == "twin-fit":
            check_fit(data)
        elif values["kind"] == COVARIANCE:
            ShotCovariance.from_bytes(data)
        self._files.append(values["sha256"])
        values["size"] = len(data)

    def _digest(self, fit: TwinFit, said: str) -> str:
        """That of its evidence here; the archive's where it was another's before."""
        version, observable = fit.version, fit.observable.name
        if [version.number, observable] not in self._top.verified:
            return said
        try:
            found = evidence_of_fit(fit).digest(version.seed, version.fusion_version)
        except NoEvidence:
            raise ValueError("the measurements of the fit are missing") from None
        if self._ids.kept and self._top.reading == READING and found != said:
            raise ValueError(f"the evidence has the digest {found}, and the fit says {said}")
        return found
