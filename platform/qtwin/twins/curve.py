"""Everything that the chart of a project's page draws: the twin's curve and its points."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np

from qtwin.jobs.models import Measurement
from qtwin.jobs.selectors import measurements_valid
from qtwin.projects.models import Control, Observable, Project
from qtwin.twins.evidence import evidence_of_fit
from qtwin.twins.predictor import client
from qtwin.twins.selectors import NoTwin, twin_fit, version_summary

_PREDICTED = ("mean", "std", "lower", "upper", "budget", "shares")


def twin_curve(
    project: Project,
    observable: Observable,
    points: int = 201,
    *,
    version: int | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """Everything that the project page's chart draws, over the first control.

    Other controls are held at the middle of their range, said so in ``fixed``; the points of the
    chart are then projections. ``focus`` is the sample to look at first. The points are the valid
    ones now; of a ``version`` those that it was fitted to, and of an earlier time ``at`` those that
    were there and valid then.

    Raises:
        NoTwin: If there is no such version.
    """
    control, *others = project.controls.all()
    fixed = {other.name: (other.lower + other.upper) / 2 for other in others}
    body = {
        "project": str(project.pk),
        "observable": _named(observable),
        "control": {**_named(control), "lower": control.lower, "upper": control.upper},
        "fixed": fixed,
        **_nothing(),
        **_points(project, _evidence(project, observable, version=version, at=at)),
    }
    try:
        fit = twin_fit(project, observable.name, version=version, at=at)
    except NoTwin:
        if version is not None:
            raise
        return body
    x = np.linspace(control.lower, control.upper, points)
    answer = client.predict(fit, [[value, *fixed.values()] for value in x.tolist()])
    return {
        **body,
        "version": version_summary(fit),
        "x": x.tolist(),
        "focus": _focus(answer["mean"], variational=observable.variational),
        **{name: answer[name] for name in _PREDICTED},
    }


def _nothing() -> dict[str, Any]:
    """The curve of a project without a twin."""
    lines: dict[str, Any] = {name: [] for name in ("x", "mean", "std", "lower", "upper")}
    return {"version": None, **lines, "budget": {}, "shares": {}, "focus": 0}


def _named(row: Observable | Control) -> dict[str, str]:
    return {"name": row.name, "label": row.label, "unit": row.unit}


def _focus(mean: list[float], *, variational: bool) -> int:
    """The sample to look at first: an energy's minimum inside the range, else the middle."""
    lowest = min(range(len(mean)), key=mean.__getitem__)
    inside = 0 < lowest < len(mean) - 1
    return lowest if variational and inside else len(mean) // 2


def _evidence(
    project: Project, observable: Observable, *, version: int | None, at: datetime | None
) -> list[Measurement]:
    if version is not None:
        return list(
            evidence_of_fit(twin_fit(project, observable.name, version=version)).measurements
        )
    return list(measurements_valid(project.pk, at=at).filter(observable=observable).order_by("pk"))


def _points(project: Project, rows: list[Measurement]) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for row in rows:
        name = row.source_revision.source.name
        counts[name] = counts.get(name, 0) + 1
    return {
        "sources": [
            {
                "name": source.name,
                "label": source.label,
                "role": source.role,
                "measurements": counts.get(source.name, 0),
            }
            for source in project.sources.all()
        ],
        "points": [_point(row) for row in rows],
    }


def _point(row: Measurement) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "source": row.source_revision.source.name,
        "x": row.point[0],
        "value": row.value,
        "std": row.std,
        "gain": row.knobs.get("noise_gain"),
        "job": str(row.job_id) if row.job_id else None,
    }
