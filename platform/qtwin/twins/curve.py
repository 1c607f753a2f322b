"""Everything that the chart of a project's page draws: the twin's curve and its points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from qtwin.projects.models import Control, Observable, Project
from qtwin.twins.held import held_at, place
from qtwin.twins.models import TwinFit
from qtwin.twins.points import ChartPoints
from qtwin.twins.predictor import client
from qtwin.twins.selectors import NoTwin, twin_fit, version_summary

_PREDICTED = ("mean", "std", "lower", "upper", "budget", "shares", "trust")


def twin_curve(
    project: Project,
    observable: Observable,
    points: int = 201,
    *,
    control: Control | None = None,
    version: int | None = None,
    at: datetime | None = None,
    within: tuple[float, float] | None = None,
    fixed: Mapping[str, float] | None = None,
    evidence: bool = True,
    fit: TwinFit | None = None,
) -> dict[str, Any]:
    """Everything that the project page's chart draws, over one control.

    The points of the chart are the valid ones now; of a ``version`` those that it was fitted to,
    and of an earlier time ``at`` those that were there and valid then. Where there are other
    controls, they are projections. ``focus`` in the answer is the sample to look at first.

    Args:
        points: Samples of the curve.
        control: The one that runs; by default the first.
        within: The part of its range to draw, in its unit; all of it by default.
        fixed: What other controls are held at, by name; by default the middle of their range.
            The answer says it of each.
        evidence: Whether to list the points; the curve alone is a smaller answer.
        fit: What is drawn, where the caller has it.

    Raises:
        NoTwin: If there is no such version.
    """
    controls = list(project.controls.all())
    along = control or controls[0]
    held = held_at(controls, [along], fixed)
    fit = fit or fit_drawn(project, observable, version=version, at=at)
    chart = ChartPoints(
        project,
        observable,
        fit=fit if version is not None else None,
        at=at,
        axis=controls.index(along),
    )
    body = {
        "project": str(project.pk),
        "observable": named(observable),
        "control": ranged(along),
        "controls": [ranged(each) for each in controls],
        "fixed": held,
        **_nothing(),
        "sources": chart.sources(),
        "points": chart.points() if evidence else [],
    }
    if fit is None:
        return body
    x, answer = _line(fit, controls, along, held=held, points=points, within=within)
    return {
        **body,
        "version": version_summary(fit),
        "x": x,
        "focus": _focus(answer["mean"], variational=observable.variational),
        **{name: answer[name] for name in _PREDICTED},
    }


def fit_line(project: Project, fit: TwinFit, points: int = 201) -> dict[str, list[float]]:
    """``x``, ``mean`` and ``std`` along the first control, the others at the middle."""
    controls = list(project.controls.all())
    held = held_at(controls, controls[:1])
    x, answer = _line(fit, controls, controls[0], held=held, points=points, within=None)
    return {"x": x, "mean": answer["mean"], "std": answer["std"]}


def _line(
    fit: TwinFit,
    controls: Sequence[Control],
    along: Control,
    *,
    held: Mapping[str, float],
    points: int,
    within: tuple[float, float] | None,
) -> tuple[list[float], dict[str, Any]]:
    x = np.linspace(*(within or (along.lower, along.upper)), points).tolist()
    rows = [place(controls, {**held, along.name: value}) for value in x]
    return x, client.predict_trusted(fit, rows)


def fit_drawn(
    project: Project, observable: Observable, *, version: int | None, at: datetime | None
) -> TwinFit | None:
    """The fit to draw; None where there is none yet and no certain one is asked for."""
    try:
        return twin_fit(project, observable.name, version=version, at=at)
    except NoTwin:
        if version is not None:
            raise
        return None


def _nothing() -> dict[str, Any]:
    """The curve of a project without a twin."""
    lines: dict[str, Any] = {name: [] for name in ("x", "mean", "std", "lower", "upper")}
    return {"version": None, **lines, "budget": {}, "shares": {}, "trust": {}, "focus": 0}


def named(row: Observable | Control) -> dict[str, Any]:
    """What an axis says."""
    return {"name": row.name, "label": row.label, "unit": row.unit}


def ranged(control: Control) -> dict[str, Any]:
    """The same with the ends of the axis."""
    return {**named(control), "lower": control.lower, "upper": control.upper}


def _focus(mean: list[float], *, variational: bool) -> int:
    """The sample to look at first: an energy's minimum inside the range, else the middle."""
    lowest = min(range(len(mean)), key=mean.__getitem__)
    inside = 0 < lowest < len(mean) - 1
    return lowest if variational and inside else len(mean) // 2
