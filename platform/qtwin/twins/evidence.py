"""A project's measurements of one observable, as the model reads them, and their digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import QuerySet

from qtwin.fusion.base import FloatArray, Observations, Role, ShotGroup, SourceSpec
from qtwin.fusion.version import FUSION_VERSION
from qtwin.jobs.covariance import ShotCovariance
from qtwin.jobs.models import Measurement
from qtwin.jobs.selectors import measurements_valid
from qtwin.projects.models import Observable, Project
from qtwin.projects.services import artifact_read
from qtwin.twins import ageing
from qtwin.twins.anchors import Anchored, anchored
from qtwin.twins.knobs import knobs_of
from qtwin.twins.models import TwinFit

READING = 2
"""Changes whenever the same measurements would be read as other observations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The valid measurements of one observable, in the order of their ids.

    ``newest`` are the calibrations that devices have moved to since some of them were made.
    """

    project: Project
    observable: Observable
    measurements: Sequence[Measurement]
    newest: ageing.Newest = field(default_factory=dict)

    @property
    def as_of(self) -> datetime:
        """Time of the newest measurement; the age of evidence is counted to it, never to now."""
        return max(measurement.measured_at for measurement in self.measurements)

    def sources(self) -> list[dict[str, object]]:
        """Name, label, role, number of measurements and perhaps a note of each source, by name."""
        found: dict[str, dict[str, object]] = {}
        for measurement in self.measurements:
            source = measurement.source_revision.source
            row = found.setdefault(
                source.name,
                {"name": source.name, "label": source.label, "role": source.role, "count": 0},
            )
            row["count"] = int(str(row["count"])) + 1
        for name, told in self._anchored().items():
            found[name] |= {"note": told.note} if told.note else {}
        return [found[name] for name in sorted(found)]

    def digest(self, seed: int, fusion_version: str = FUSION_VERSION) -> str:
        """SHA-256 of everything that decides the fit.

        A measurement that is not valid is not listed. Rows and revisions never change, so their
        ids stand for all that they say.
        """
        revisions = {m.source_revision_id: m.source_revision for m in self.measurements}
        observable = self.observable
        document = {
            "reading": READING,
            "measurements": sorted(str(m.pk) for m in self.measurements),
            "sources": sorted(
                [str(r.pk), r.source.name, r.source.role, r.learn_scale, _plain(r.knobs)]
                for r in revisions.values()
            ),
            "calibrations": sorted({m.epoch for m in self.measurements if m.epoch}),
            "groups": sorted({m.covariance.sha256 for m in self.measurements if m.covariance}),
            "controls": [(c.name, c.lower, c.upper) for c in self.project.controls.all()],
            "observable": [observable.name, observable.lower, observable.upper],
            "as_of": self.as_of.isoformat(),
            "fusion": fusion_version,
            "seed": seed,
        }
        if self.newest:
            document["ageing"] = ageing.inputs(self.measurements, self.newest)
        dampings = self._dampings()
        if dampings:  # evidence without anchors has the digest that it had before there were any
            document["dampings"] = dampings
        return hashlib.sha256(_plain(document).encode()).hexdigest()

    def observations(self) -> Observations:
        """The arrays that the model is fitted to; revisions of one source are one source."""
        knobs, dampings = knobs_of(self.measurements), self._dampings()
        specs = {
            m.source_revision.source.name: SourceSpec(
                name=m.source_revision.source.name,
                role=Role(m.source_revision.source.role),
                learn_scale=m.source_revision.learn_scale,
                knobs=knobs.of_source[m.source_revision.source.name],
                damping=dampings.get(m.source_revision.source.name),
            )
            for m in self.measurements
        }
        names = sorted(specs)
        lower, upper = self.observable.lower, self.observable.upper
        return Observations(
            x=np.array([m.point for m in self.measurements], dtype=np.float64),
            bounds=np.array([(c.lower, c.upper) for c in self.project.controls.all()]),
            y=np.array([m.value for m in self.measurements]),
            std=np.array([m.std for m in self.measurements]),
            source=np.array(
                [names.index(m.source_revision.source.name) for m in self.measurements],
                dtype=np.int64,
            ),
            sources=tuple(specs[name] for name in names),
            gain=knobs.gain,
            mixed_value=np.array([_mixed_value(m) for m in self.measurements]),
            value_bounds=(
                -np.inf if lower is None else lower,
                np.inf if upper is None else upper,
            ),
            knobs=knobs.columns,
            epoch=tuple(m.epoch for m in self.measurements),
            branch=knobs.branch,
            groups=self._groups(),
            drift=self._drift(),
        )

    def _drift(self) -> FloatArray | None:
        if not self.newest:
            return None
        return ageing.drifts(self.project, self.measurements, self.newest)

    def _anchored(self) -> dict[str, Anchored]:
        return anchored(self.measurements, self.observable.name)

    def _dampings(self) -> dict[str, tuple[float, float]]:
        """Of devices, by what anchors say."""
        roles = {m.source_revision.source.name: m.source_revision.source.role for m in
                 self.measurements}  # fmt: skip
        return {
            name: (told.damping.value, told.damping.std_error)
            for name, told in self._anchored().items()
            if told.damping is not None and roles[name] == Role.DEVICE
        }

    def _groups(self) -> tuple[ShotGroup, ...]:
        """Measurements of this observable that share shots, with the blocks that they point at.

        Most blocks are of one point's observables; what concerns one observable alone is read.
        """
        sharing: dict[tuple[Any, str], list[int]] = {}
        for row, m in enumerate(self.measurements):
            if m.covariance_id and m.std > 0:
                sharing.setdefault((m.covariance_id, m.shot_group), []).append(row)
        known: dict[Any, ShotCovariance] = {}
        found = []
        for (artifact_id, _), rows in sharing.items():
            if len(rows) < 2:
                continue
            first = self.measurements[rows[0]].covariance
            if artifact_id not in known and first is not None:
                known[artifact_id] = ShotCovariance.from_bytes(artifact_read(first))
            numbers = [(self.measurements[row].row, self.observable.name) for row in rows]
            for block in known[artifact_id].blocks:
                inside, covariance = block.among(numbers)
                if len(inside) > 1:
                    chosen = np.array([rows[i] for i in inside], dtype=np.int64)
                    found.append(ShotGroup(rows=chosen, covariance=covariance))
        return tuple(found)


class NoEvidence(Exception):
    """Nothing is left to fit."""


def evidence_of(
    project: Project, observable: Observable, *, at: datetime | None = None
) -> Evidence | None:
    """The project's valid measurements now, or at an earlier time; None when there are none."""
    rows = measurements_valid(project.pk, at=at).filter(observable=observable)
    measurements = _once(_sharing(rows))
    if not measurements:
        return None
    as_of = max(measurement.measured_at for measurement in measurements)
    newest = ageing.newest_of(project, measurements, as_of=as_of, at=at)
    return Evidence(
        project=project, observable=observable, measurements=measurements, newest=newest
    )


def _sharing(rows: QuerySet[Measurement]) -> QuerySet[Measurement]:
    """By their ids; what many of them belong to is read once, and is one object."""
    together = ("source_revision__source", "observable", "covariance")
    return rows.select_related(None).prefetch_related(*together).order_by("pk")


def _once(rows: Iterable[Measurement]) -> list[Measurement]:
    """Without repeats of the same draw: the same shots are not counted twice."""
    seen: set[str] = set()
    kept = []
    for row in rows:
        if not row.draw or row.draw not in seen:
            kept.append(row)
            seen.add(row.draw)
    return kept


def evidence_of_fit(fit: TwinFit, *, without: Collection[str] = ()) -> Evidence:
    """The measurements that a stored fit was made from.

    Args:
        without: Names of sources to leave out.

    Raises:
        NoEvidence: If those sources are all that it had.
    """
    rows = Measurement.objects.filter(pk__in=fit.measurement_ids).exclude(
        source_revision__source__name__in=without
    )
    measurements = list(_sharing(rows))
    if not measurements:
        raise NoEvidence(f"no measurement is left without {', '.join(sorted(without))}")
    project = fit.version.twin.project
    return Evidence(
        project=project,
        observable=fit.observable,
        measurements=measurements,
        newest=ageing.read_recorded(fit.ageing),
    )


def _mixed_value(measurement: Measurement) -> float:
    if measurement.source_revision.source.role != Role.DEVICE or measurement.mixed_value is None:
        return float("nan")
    return measurement.mixed_value


def _plain(document: Any) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
