"""Recommend what to measure next; see the package for what is weighed.

Shapes: ``N`` observations, ``M`` grid points, ``P`` points, ``D`` controls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from qtwin.fusion.base import FloatArray, Observations
from qtwin.fusion.evidence.selection import select
from qtwin.fusion.planner.goal import Goal
from qtwin.fusion.planner.offer import Offer
from qtwin.fusion.planner.offered import left_out, offered
from qtwin.fusion.planner.plan import Plan
from qtwin.fusion.planner.points import default_points
from qtwin.fusion.planner.reason import Labels
from qtwin.fusion.planner.report import plan_of
from qtwin.fusion.planner.route import Field, Route
from qtwin.fusion.planner.rules import Rules
from qtwin.fusion.planner.single import reference_names, reference_rows
from qtwin.fusion.star.fit import fit_star
from qtwin.fusion.star.posterior import StarFit


def plan(
    data: Observations,
    offers: Mapping[str, Offer],
    goal: Goal,
    *,
    fit: StarFit | None = None,
    alone: StarFit | None = None,
    points: FloatArray | None = None,
    grid: FloatArray | None = None,
    weights: FloatArray | None = None,
    shots: FloatArray | None = None,
    labels: Labels | None = None,
    rules: Rules | None = None,
    seed: int = 0,
) -> Plan:
    """Recommend runs; the same for the same seed, in any order of rows and sources.

    Args:
        data: All measurements.
        offers: Sources that may be run, by name.
        goal: A budget or a target, and what to improve.
        fit: Of ``data``; made when not given.
        alone: Of the references alone; made when not given.
        points: Where runs may be made, shape ``(P, D)``.
        grid: Where the curve is judged, shape ``(M, D)``; ``points`` when not given.
        weights: Of the grid, shape ``(M,)``; equal when not given.
        shots: Of each measurement, shape ``(N,)``, NaN where unknown.
        labels: Names and unit for the sentences.
        rules: Limits on the mix of runs.
        seed: Of the fits.

    Raises:
        ValueError: The data cannot be fitted, or an offer or a weight is wrong.
    """
    labels = labels or Labels(controls=tuple(f"x{d}" for d in range(data.x.shape[1])))
    points = default_points(data.bounds) if points is None else np.asarray(points, dtype=float)
    grid = points if grid is None else np.asarray(grid, dtype=float)
    field = Field(
        points=points,
        grid=grid,
        weights=_weights(weights, len(grid)),
        rules=rules or Rules(),
        offers=offered(data, offers),
    )
    shots = np.full(len(data.y), np.nan) if shots is None else np.asarray(shots, dtype=float)
    several = field.route(data, fit or fit_star(data, seed=seed), goal, shots)
    equal, whole = _alone(field, data, goal, shots, several.cost, fit=alone, seed=seed)
    notes = left_out(data, offers)
    return plan_of(several, equal, whole, goal=goal, labels=labels, notes=notes, grid=grid)


def _alone(
    field: Field,
    data: Observations,
    goal: Goal,
    shots: FloatArray,
    cost: float,
    *,
    fit: StarFit | None,
    seed: int,
) -> tuple[Route | None, Route | None]:
    """The references alone for the same cost, and for the whole goal; None if nothing differs."""
    kept = reference_rows(data)
    offers = {name: field.offers[name] for name in reference_names(data) if name in field.offers}
    nothing_else = kept.all() and len(offers) == len(field.offers)
    if not kept.any() or not offers or nothing_else:
        return None, None
    field = replace(field, offers=offers)
    rows = select(data, np.flatnonzero(kept))
    route = field.route(rows, fit or fit_star(rows, seed=seed), goal, shots[kept])
    if not cost > 0.0:
        return replace(route, moves=()), route
    return field.along(route, rows, replace(goal, budget=cost), shots[kept]), route


def _weights(weights: FloatArray | None, points: int) -> FloatArray:
    if weights is None:
        return np.full(points, 1.0 / points)
    checked = np.asarray(weights, dtype=float)
    if checked.shape != (points,):
        raise ValueError(f"weights has shape {checked.shape}; expected ({points},)")
    if not np.all(np.isfinite(checked)) or checked.min() < 0.0 or not checked.sum() > 0.0:
        raise ValueError("weights must be finite, 0 or more, and not all 0")
    return checked
