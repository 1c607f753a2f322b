"""Fit what was read, and predict."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import Prediction
from qtwin.fusion.star.fit import fit_star
from qtwin.fusion.star.posterior import StarFit
from qtwin.tables.data import Data
from qtwin.tables.points import Points
from qtwin.tables.predictions import Table, predict
from qtwin.tables.spec import Spec

SMALLEST = 1e-100
"""Smallest spread of the values, so that no square of one vanishes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fused:
    """A fit with what it was made from and what it predicts.

    ``first`` is the prediction at the first point, for what is the same at all: the claim, the
    number of references, ``c2``, ``nu``.
    """

    spec: Spec
    data: Data
    points: Points
    seed: int
    fit: StarFit
    table: Table
    first: Prediction


def fuse(spec: Spec, data: Data, points: Points, *, seed: int = 0) -> Fused:
    """Fit all measurements and predict at the points.

    Raises:
        FileRefused: The measurements contradict each other, are too many, or so large or small
            that double precision does not hold their squares.
    """
    _check_size(data)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # what overflows is refused below
        try:
            fit = fit_star(data.observations, seed=seed)
            first = fit.predict(points.x[:1])
            table = predict(fit.predict, points.x, spec)
        except (ValueError, np.linalg.LinAlgError) as error:
            raise data.refusal(str(error), getattr(error, "rows", ())) from error
    if not all(np.isfinite(column).all() for column in table.values()):
        raise data.refusal("no finite prediction: the values are too large or too small")
    return Fused(spec=spec, data=data, points=points, seed=seed, fit=fit, table=table, first=first)


def _check_size(data: Data) -> None:
    """Refuse values whose squares vanish in double precision."""
    y = data.observations.y
    size = float(np.ptp(y) or np.abs(y).max())
    if 0.0 < size < SMALLEST:
        raise data.refusal(f"values differ by {size:.2g}; allowed: 0, or {SMALLEST:g} and more")
