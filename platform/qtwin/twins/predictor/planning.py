"""Plans for the predictor process: what to measure next. Imports SciPy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from qtwin.fusion.base import Observations, Role, SourceSpec
from qtwin.fusion.planner import Aim, Goal, Offer, Price, plan
from qtwin.fusion.planner.reason import Labels
from qtwin.fusion.star.posterior import StarFit
from qtwin.twins.predictor.document import read_document


def planned(asked: dict[str, Any], fit: StarFit) -> dict[str, Any]:
    """The plan as ``fusion.planner`` writes it, or ``refused`` with the reason."""
    data, seed = read_document(asked["data"])
    points = asked["points"]
    try:
        found = plan(
            _with_fresh(data, asked["fresh"]),
            {name: Offer(price=Price(**price)) for name, price in asked["prices"].items()},
            Goal(**{**asked["goal"], "aim": Aim(asked["goal"]["aim"])}),
            fit=fit,
            points=None if points is None else np.array(points, dtype=np.float64),
            shots=np.array(asked["shots"], dtype=np.float64),
            labels=Labels(**asked["labels"]),
            seed=seed,
        )
    except ValueError as error:
        return {"refused": str(error)}
    return found.to_dict()


def _with_fresh(data: Observations, names: list[str]) -> Observations:
    """With references that have not run yet."""
    fresh = tuple(SourceSpec(name=name, role=Role.REFERENCE) for name in names)
    return replace(data, sources=(*data.sources, *fresh))
