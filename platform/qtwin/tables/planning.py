"""A plan from files: DATA.csv with its spec, and where runs may be made."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.planner import Goal, Offer, Plan, Price, plan
from qtwin.fusion.planner.reason import Labels
from qtwin.tables.data import Data
from qtwin.tables.points import read_points
from qtwin.tables.refusal import FileRefused
from qtwin.tables.sheet import read_sheet
from qtwin.tables.spec import Spec

WEIGHT = "weight"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Where runs may be made and the curve is judged, shape ``(M, D)``, with weights."""

    x: FloatArray
    weights: FloatArray
    warnings: tuple[str, ...] = ()


def read_places(file: str, spec: Spec) -> Places:
    """Read the points of a plan: a column per control, and ``weight`` if they count unequally.

    Raises:
        FileRefused: It is malformed, or has a point outside the bounds or a negative weight.
    """
    sheet, points = read_sheet(file), read_points(file, spec, more=(WEIGHT,))
    for d, control in enumerate(spec.controls):
        outside = (points.x[:, d] < control.lower) | (points.x[:, d] > control.upper)
        for row in np.flatnonzero(outside):
            allowed = f"{control.lower!r} to {control.upper!r}, the bounds in the spec"
            sheet.wrong(int(row), control.name, allowed)
    if not sheet.has(WEIGHT):
        return Places(x=points.x, weights=np.ones(len(points.x)), warnings=points.warnings)
    weights = sheet.numbers(WEIGHT)
    for row in np.flatnonzero(weights < 0.0):
        sheet.wrong(int(row), WEIGHT, "a number from 0")
    if not weights.any():
        sheet.wrong(0, WEIGHT, "a number above 0 in at least one row")
    return Places(x=points.x, weights=weights, warnings=points.warnings)


def offers_of(spec: Spec, file: str) -> dict[str, Offer]:
    """Sources that state a cost.

    Raises:
        FileRefused: None does, or one costs nothing.
    """
    offers = {}
    for source in spec.sources:
        if source.cost is None:
            continue
        try:
            price = Price(run=source.cost.per_run, shot=source.cost.per_shot)
        except ValueError as error:
            pointer = f"/sources/{source.name}/cost"
            raise FileRefused(str(error), file=file, name=pointer) from error
        offers[source.name] = Offer(price=price)
    if not offers:
        message = "no source has a cost; allowed: at least one with a number above 0"
        raise FileRefused(message, file=file, name="/sources")
    return offers


def plan_files(
    spec: Spec,
    data: Data,
    goal: Goal,
    *,
    offers: dict[str, Offer],
    places: Places | None,
    seed: int,
) -> Plan:
    """Fit and plan.

    Raises:
        FileRefused: The measurements contradict each other, or are not enough to plan with.
    """
    labels = Labels(
        controls=tuple(control.name for control in spec.controls),
        unit=spec.observable.unit,
        gains={source.name: source.gain for source in spec.sources if source.gain is not None},
    )
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # what overflows is refused below
        try:
            found = plan(
                data.observations,
                offers,
                goal,
                points=None if places is None else places.x,
                weights=None if places is None else places.weights,
                shots=data.shots,
                labels=labels,
                seed=seed,
            )
        except (ValueError, np.linalg.LinAlgError) as error:
            raise data.refusal(str(error), getattr(error, "rows", ())) from error
    if not np.isfinite(found.sigma_before):
        raise data.refusal("no finite prediction: the values are too large or too small")
    return found
