"""The panels beside the curve: where to trust the twin, how it did, what disagrees, its versions.

What a stored fit says never changes, so it is computed once in each process.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from qtwin.projects.models import Observable, Project
from qtwin.twins.models import TwinFit
from qtwin.twins.predictor.client import PredictorFailed
from qtwin.twins.reliability import Reliability, conflicts, fit_reliability
from qtwin.twins.selectors import NoTwin, twin_fit
from qtwin.web.headline import symbol
from qtwin.web.kept import Kept
from qtwin.web.moved import Moved, moved
from qtwin.web.numbers import sigmas, significant, uncertain
from qtwin.web.reliability import diagram
from qtwin.web.surface import Coarse, coarse_surface, times
from qtwin.web.trust import Trust, trust_shown
from qtwin.web.versions import Versions, versions_shown

log = logging.getLogger(__name__)

KEPT = 64
"""Fits whose answers a process keeps."""
MOST_CONFLICTS = 5


_MOVED: Kept[Moved] = Kept(KEPT)
_COARSE: Kept[Coarse] = Kept(KEPT)
_RELIABILITY: Kept[tuple[Reliability, list[dict[str, Any]]]] = Kept(KEPT)
_TRUST: Kept[Trust | None] = Kept(KEPT)


class _Unknown(Exception):
    """The predictor could not answer; not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One line of the conflicts; all but ``left_out`` and ``jobs`` are ready to print."""

    label: str
    what: str
    by: str
    said: str
    left_out: bool
    jobs: list[str]


def panels_shown(
    project: Project, observable: Observable, version: int | None, *, fit: TwinFit | None = None
) -> dict[str, Any]:
    """Words of the templates of ``parts/twin``; empty ones without a twin.

    Args:
        fit: Of that version, where the caller has it.
    """
    versions: Versions | None = versions_shown(project, observable, version)
    if versions is None:
        return {"versions": None}
    if fit is None or fit.version.number != versions.number:
        try:
            fit = twin_fit(project, observable.name, version=versions.number)
        except NoTwin:  # gone meanwhile
            return {"versions": None}
    told, found = _reliability(fit)
    return {
        "versions": versions,
        "fit_key": _key(fit),
        "trust": _trust(project, observable, fit),
        "reliability": diagram(fit, told),
        "disagreements": [_disagreement(row, fit) for row in found[:MOST_CONFLICTS]],
        "more_disagreements": max(0, len(found) - MOST_CONFLICTS),
        "moved": _moved(project, observable, fit),
        **_plane(project, observable, fit),
    }


def _key(fit: TwinFit) -> tuple[UUID, int]:
    return fit.version_id, fit.observable_id


def _moved(project: Project, observable: Observable, fit: TwinFit) -> Moved | None:
    """None for a first version, and while nobody can compute it."""
    if fit.changes is None:
        return None
    since = fit.changes["since"]
    try:
        return _MOVED.get(
            _key(fit),
            lambda: moved(project, twin_fit(project, observable.name, version=since), fit),
        )
    except (NoTwin, PredictorFailed) as error:
        log.warning("what moved in project %s is not known: %s", project.pk, error)
        return None


def _plane(project: Project, observable: Observable, fit: TwinFit) -> dict[str, Any]:
    """What the map over two controls needs; ``plane`` is whether there is one."""
    if project.controls.count() < 2:
        return {"plane": False}
    try:
        coarse = _COARSE.get(
            _key(fit), lambda: coarse_surface(project, observable, fit.version.number)
        )
    except PredictorFailed:
        log.exception("the twin of project %s cannot be asked", project.pk)
        coarse = None
    return {"plane": True, "coarse": coarse, "times": times(project)}


def _reliability(fit: TwinFit) -> tuple[Reliability | None, list[dict[str, Any]]]:
    try:
        return _RELIABILITY.get(_key(fit), lambda: _told(fit))
    except _Unknown:
        return None, conflicts(fit, [])


def _told(fit: TwinFit) -> tuple[Reliability, list[dict[str, Any]]]:
    """With what disagrees."""
    told = fit_reliability(fit)
    if told is None:
        raise _Unknown
    return told, conflicts(fit, told.doubted)


def _trust(project: Project, observable: Observable, fit: TwinFit) -> Trust | None:
    try:
        return _TRUST.get(
            _key(fit), lambda: trust_shown(project, observable, fit.version.number, fit)
        )
    except PredictorFailed:
        log.exception("the twin of project %s cannot be asked", project.pk)
        return None


def _disagreement(row: dict[str, Any], fit: TwinFit) -> Disagreement:
    unit = symbol(fit.observable.unit)
    if row["kind"] == "epoch":
        count = row["measurements"]
        what = f"calibration {row['epoch']}, {count} measurement{'s' if count != 1 else ''}"
        said = ""
    else:
        controls = fit.version.twin.project.controls.all()
        at = ", ".join(
            f"{significant(value, 4)} {symbol(control.unit)}".strip()
            for point in row["points"][:1]
            for value, control in zip(point, controls, strict=True)
        )
        what = f"at {at}" if at else ""
        said = f"{uncertain(row['mean'], row['std'])} {unit}".strip()
        said = f"{significant(row['value'], 5)}, where all others say {said}"
    return Disagreement(
        label=row["label"],
        what=what,
        by=sigmas(abs(row["z"])),
        said=said,
        left_out=row["left_out"],
        jobs=row["jobs"],
    )
