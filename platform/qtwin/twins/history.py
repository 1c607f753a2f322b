"""Versions that were: one of them, and what each changed."""

from __future__ import annotations

import logging
from typing import Any

from qtwin.projects.models import Project
from qtwin.twins.changes import Blocks, blocks_of, changes, rows_of, said
from qtwin.twins.evidence import Evidence, evidence_of_fit
from qtwin.twins.models import TwinFit, TwinVersion
from qtwin.twins.predictor import client
from qtwin.twins.selectors import NoTwin

log = logging.getLogger(__name__)


def twin_version(project: Project, number: int) -> TwinVersion:
    """One version.

    Raises:
        NoTwin: If there is none of that number.
    """
    rows = TwinVersion.objects.filter(twin__project=project, number=number)
    version = rows.prefetch_related("fits__observable", "fits__artifact").first()
    if version is None:
        raise NoTwin(f"no version {number}")
    return version


def version_changes(version: TwinVersion, *, since: int | None = None) -> dict[str, Any]:
    """What a version changed against an earlier one, by default the one before.

    That comparison was made with the version; any other is made now, by the predictor process.

    Raises:
        NoTwin: If there is no version ``since``.
    """
    project = version.twin.project
    wanted = version.number - 1 if since is None else since
    earlier = twin_version(project, wanted) if wanted else None
    before = {fit.observable_id: fit for fit in earlier.fits.all()} if earlier else {}
    return {
        "since": earlier.number if earlier else None,
        "number": version.number,
        "refit": version.refit,
        "fusion_version": {
            "before": earlier.fusion_version if earlier else None,
            "after": version.fusion_version,
        },
        "observables": [_changes(before.get(f.observable_id), f) for f in version.fits.all()],
    }


def _changes(before: TwinFit | None, after: TwinFit) -> dict[str, Any]:
    return {
        "observable": after.observable.name,
        "unit": after.observable.unit,
        "before": said(before) if before else None,
        "after": said(after),
        **_told(before, after),
    }


def _told(before: TwinFit | None, after: TwinFit) -> dict[str, Any]:
    kept = after.changes
    if before and kept and kept["since"] == before.version.number:
        return {name: value for name, value in kept.items() if name != "since"}
    now = evidence_of_fit(after)
    if before is None:
        return changes(None, now, None)
    then = evidence_of_fit(before)
    return changes(then, now, _numbers(before, then, after, now))


def _numbers(
    before: TwinFit, then: Evidence, after: TwinFit, now: Evidence
) -> dict[str, Any] | None:
    blocks: Blocks = blocks_of(then, now)
    try:
        return client.compare(
            client.side(before, then, rows_of(then, blocks.removed)),
            client.side(after, now, rows_of(now, blocks.added)),
        )
    except client.PredictorFailed as error:
        log.warning("versions cannot be compared: %s", error)
        return None
