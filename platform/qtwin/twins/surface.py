"""What the twin says over two controls: a grid of means, errors and trust, with the points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from qtwin.projects.models import Control, Observable, Project
from qtwin.twins.curve import fit_drawn, named, ranged
from qtwin.twins.held import held_at, place
from qtwin.twins.points import ChartPoints
from qtwin.twins.predictor import client
from qtwin.twins.selectors import version_summary

SMALLEST, LARGEST, POINTS = 5, 61, 41
"""Grid points along each of both controls: the fewest, the most, and by default."""

_GRIDS = ("mean", "std", "lower", "upper")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Two controls that run, and where all others are held."""

    x: Control
    y: Control
    fixed: Mapping[str, float]


def twin_surface(
    project: Project,
    observable: Observable,
    plane: Plane,
    points: int = POINTS,
    *,
    version: int | None = None,
) -> dict[str, Any]:
    """Grids are lists of rows, one per value of ``y``, of one number per value of ``x``.

    The measured points have the controls that do not run in ``at``; they are projected.

    Raises:
        NoTwin: If there is no such version.
    """
    controls = list(project.controls.all())
    held = held_at(controls, [plane.x, plane.y], plane.fixed)
    across = controls.index(plane.y)
    fit = fit_drawn(project, observable, version=version, at=None)
    chart = ChartPoints(
        project,
        observable,
        fit=fit if version is not None else None,
        axis=controls.index(plane.x),
    )
    body: dict[str, Any] = {
        "project": str(project.pk),
        "observable": named(observable),
        "controls": [ranged(control) for control in controls],
        "x_control": plane.x.name,
        "y_control": plane.y.name,
        "fixed": held,
        "sources": chart.sources(),
        "points": [{**point, "y": point["at"][across]} for point in chart.points()],
    }
    if fit is None:
        return {**body, "version": None, **dict.fromkeys(_GRIDS, ()), "x": [], "y": [], "trust": {}}
    x, y = (np.linspace(c.lower, c.upper, points).tolist() for c in (plane.x, plane.y))
    names = plane.x.name, plane.y.name
    grid = [
        place(controls, {**held, **dict(zip(names, (here, above), strict=True))})
        for above in y
        for here in x
    ]
    answer = client.predict_trusted(fit, grid)
    return {
        **body,
        "version": version_summary(fit),
        "x": x,
        "y": y,
        **{name: _rows(answer[name], points) for name in _GRIDS},
        "trust": {name: _rows(values, points) for name, values in answer["trust"].items()},
    }


def _rows(values: list[Any], width: int) -> list[list[Any]]:
    return [values[start : start + width] for start in range(0, len(values), width)]
