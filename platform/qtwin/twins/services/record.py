"""A version is written: its fits, what they changed, and the events that say so."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from qtwin.fusion.base import Observations
from qtwin.fusion.questions import difference
from qtwin.fusion.star.posterior import StarFit, load_fit
from qtwin.fusion.version import FUSION_VERSION
from qtwin.jobs.models import Event
from qtwin.projects.models import Artifact
from qtwin.projects.services import artifact_put, artifact_read
from qtwin.twins import ageing
from qtwin.twins.changes import blocks_of, changes, rows_of
from qtwin.twins.evidence import Evidence, evidence_of_fit
from qtwin.twins.models import Twin, TwinFit, TwinVersion
from qtwin.twins.services.finish import Seen, twin_finish

log = logging.getLogger(__name__)

REST = 2.0
"""A twin rests for this many times its last fit's seconds, so that bursts are coalesced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The fit of one observable with what it was made from."""

    evidence: Evidence
    data: Observations
    fit: StarFit


def version_record(
    twin: Twin, seen: Seen, fitted: list[Fitted], *, seed: int, seconds: float, refit: bool
) -> TwinVersion:
    """Append a version; the artifacts are kept before the database speaks of them.

    Raises:
        FitLost: If the lease was lost meanwhile; nothing is recorded then.
    """
    earlier = [_latest(twin, one) for one in fitted]
    blobs = [
        artifact_put(project=twin.project, kind="twin-fit", data=one.fit.to_bytes())
        for one in fitted
    ]
    moved = [_changes(last, one) for last, one in zip(earlier, fitted, strict=True)]
    with transaction.atomic():
        twin_finish(twin, seen, rest_s=REST * seconds)
        last = twin.versions.aggregate(last=Max("number"))["last"] or 0
        version = TwinVersion.objects.create(
            twin=twin,
            number=last + 1,
            measurements=sum(len(one.evidence.measurements) for one in fitted),
            as_of=max(one.evidence.as_of for one in fitted),
            fusion_version=FUSION_VERSION,
            seed=seed,
            fit_seconds=seconds,
            refit=refit,
        )
        for one, blob, change in zip(fitted, blobs, moved, strict=True):
            _record(version, one, blob, change)
        Event.objects.create(
            project_id=twin.project_id,
            kind="twin.version",
            data={
                "number": version.number,
                "measurements": version.measurements,
                "refit": refit,
                "moved_sigmas": _largest(moved),
            },
        )
        for before, one in zip(earlier, fitted, strict=True):
            _tell_conflicts(twin, before, one)
    return version


def _record(
    version: TwinVersion, one: Fitted, blob: Artifact, change: dict[str, Any] | None
) -> None:
    said = one.fit.predict(one.data.x[:1])
    TwinFit.objects.create(
        version=version,
        observable=one.evidence.observable,
        digest=one.evidence.digest(version.seed),
        artifact=blob,
        claim=str(said.claim),
        references=said.references,
        c2=said.c2,
        nu=said.nu,
        scores=dict(one.fit.scores()),
        sources=one.evidence.sources(),
        measurement_ids=[str(m.pk) for m in one.evidence.measurements],
        conflicts=[asdict(conflict) for conflict in one.fit.conflicts],
        ageing=ageing.recorded(version.twin.project, one.evidence.newest),
        changes=change,
    )


def _latest(twin: Twin, one: Fitted) -> TwinFit | None:
    """The latest fit of the observable that is kept."""
    rows = TwinFit.objects.filter(version__twin=twin, observable=one.evidence.observable)
    return (
        rows.select_related("version__twin__project", "artifact")
        .order_by("-version__number")
        .first()
    )


def _tell_conflicts(twin: Twin, before: TwinFit | None, one: Fitted) -> None:
    """One event for each epoch that is left out and was not before."""
    known = {(c["source"], c["epoch"]) for c in before.conflicts} if before else set()
    for conflict in one.fit.conflicts:
        if (conflict.source, conflict.epoch) not in known:
            Event.objects.create(
                project_id=twin.project_id,
                kind="twin.conflict",
                data={"observable": one.evidence.observable.name, **asdict(conflict)},
            )


def _changes(latest: TwinFit | None, one: Fitted) -> dict[str, Any] | None:
    """Against the latest fit of the observable; None for the first."""
    if latest is None:
        return None
    earlier = evidence_of_fit(latest)
    told = changes(earlier, one.evidence, _numbers(latest, earlier, one))
    return {"since": latest.version.number, **told}


def _numbers(latest: TwinFit, earlier: Evidence, one: Fitted) -> dict[str, Any] | None:
    """The version counts more than what it changed, so that may be missing."""
    blocks = blocks_of(earlier, one.evidence)
    try:
        before = difference.Evidence(
            fit=load_fit(artifact_read(latest.artifact)),
            data=earlier.observations(),
            blocks=rows_of(earlier, blocks.removed),
        )
        after = difference.Evidence(
            fit=one.fit, data=one.data, blocks=rows_of(one.evidence, blocks.added)
        )
        return difference.difference(before, after)
    except (ValueError, ArithmeticError, OSError) as error:
        log.warning("version %s cannot be compared: %s", latest.version.number, error)
        return None


def _largest(moved: list[dict[str, Any] | None]) -> float | None:
    told = [one["prediction"] for one in moved if one is not None and one["prediction"]]
    return max((abs(each["largest"]["sigmas"]) for each in told), default=None)
