"""Measurements of a device age as far as the device has moved since they were made.

A measurement points at the calibration that held when it ran. The newest one of the same device, up
to the time of the newest evidence, says how much its damping has changed
(`backends.device_drift`). Equal calibrations age nothing, and neither does one that nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from django.db.models import Q, QuerySet

from backends.device_drift import Ran, drift
from backends.schema import CalibrationSnapshot
from qtwin.fusion.base import FloatArray, Role
from qtwin.jobs.models import Calibration, Measurement, Run
from qtwin.projects.models import Project

FORMULA = 1
"""Changes whenever the same calibrations would give another drift."""

Newest = Mapping[tuple[str, str], str]
"""Backend and device to the digest of the newest calibration, for devices that have moved."""


class CalibrationLost(ValueError):
    """A calibration that a fit was made with is not here any more."""


def newest_of(
    project: Project,
    measurements: Sequence[Measurement],
    *,
    as_of: datetime,
    at: datetime | None = None,
) -> Newest:
    """The newest calibration of each device that has another one than some measurement.

    Args:
        as_of: Calibrations of a later time do not count.
        at: Those that became known later do not either.
    """
    used = _used(measurements)
    if not used:
        return {}
    known = _known(project).filter(calibrated_at__lte=as_of)
    known = known if at is None else known.filter(created_at__lte=at)
    found = {}
    for device in sorted({(row.backend, row.device) for row in used.values()}):
        rows = known.filter(backend=device[0], device=device[1])
        last = rows.order_by("-calibrated_at", "identifier").values_list("digest", flat=True)[:1]
        mine = {row.digest for row in used.values() if (row.backend, row.device) == device}
        for digest in last:
            if mine != {digest}:
                found[device] = digest
    return found


def recorded(project: Project, newest: Newest) -> list[dict[str, Any]]:
    """What a fit keeps of them, as JSON values."""
    rows = {row.digest: row for row in _known(project).filter(digest__in=newest.values())}
    return [
        {
            "backend": backend,
            "device": device,
            "sha256": digest,
            "identifier": rows[digest].identifier,
            "calibrated_at": moment.isoformat() if (moment := rows[digest].calibrated_at) else None,
        }
        for (backend, device), digest in sorted(newest.items())
    ]


def read_recorded(said: Sequence[Mapping[str, Any]]) -> Newest:
    """What `recorded` wrote."""
    return {(one["backend"], one["device"]): one["sha256"] for one in said}


def inputs(measurements: Sequence[Measurement], newest: Newest) -> list[Any]:
    """What decides the drift, for a digest."""
    mine = sorted({row.digest for row in _used(measurements).values()})
    return [FORMULA, sorted([*device, digest] for device, digest in newest.items()), mine]


def drifts(project: Project, measurements: Sequence[Measurement], newest: Newest) -> FloatArray:
    """Relative change of each measurement's damped value since it was made, shape ``(N,)``.

    Raises:
        CalibrationLost: One of ``newest`` is not here.
    """
    used = _used(measurements)
    runs = Run.objects.in_bulk({m.run_id for m in measurements if m.run_id and _of_device(m)})
    documents = _documents(project, {row.digest for row in used.values()} | {*newest.values()})
    moved = np.zeros(len(measurements))
    known: dict[tuple[str, str, Any, float], float] = {}
    for index, m in enumerate(measurements):
        row = used.get(m.calibration_id) if _of_device(m) else None
        last = None if row is None else newest.get((row.backend, row.device))
        if row is None or last is None or last == row.digest or m.run_id is None:
            continue
        gain = float(m.knobs.get("noise_gain", 1.0))
        key = (row.digest, last, m.run_id, gain)
        if key not in known:
            ran = Ran.of(runs[m.run_id].details, gain)
            known[key] = drift(documents[row.digest], documents[last], ran)
        moved[index] = known[key]
    return moved


class _Used(NamedTuple):
    """A calibration that some device's number ran under."""

    backend: str
    device: str
    digest: str


def _used(measurements: Sequence[Measurement]) -> dict[int | None, _Used]:
    """By key."""
    keys = {m.calibration_id for m in measurements if _of_device(m)} - {None}
    if not keys:
        return {}
    rows = Calibration.objects.filter(pk__in=list(keys)).exclude(digest="")
    said = rows.values_list("pk", "backend", "device", "digest")
    return {pk: _Used(backend, device, digest) for pk, backend, device, digest in said}


def _of_device(measurement: Measurement) -> bool:
    role = measurement.source_revision.source.role
    return measurement.calibration_id is not None and role == Role.DEVICE


def _known(project: Project) -> QuerySet[Calibration]:
    """What the project's team has seen, or what came with the project."""
    seen = Q(team=project.team_id) | Q(project=project)
    return Calibration.objects.filter(seen).exclude(digest="").defer("document")


def _documents(project: Project, digests: set[str]) -> dict[str, CalibrationSnapshot]:
    rows = _known(project).filter(digest__in=digests).values_list("digest", "document")
    found = {digest: CalibrationSnapshot.from_dict(document) for digest, document in rows}
    if missing := digests - found.keys():
        raise CalibrationLost(f"{len(missing)} of its calibrations are gone")
    return found
