"""Truths with known functionals, and questions about a fit of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray, Observations
from qtwin.fusion.questions.functionals import Answer, evaluate
from qtwin.fusion.questions.question import Functional, Kind
from qtwin.fusion.star.posterior import StarFit
from tests.unit.fusion.synthetic import NAN, REFERENCE, observations, truth

LOWEST = np.pi - np.arccos(-0.15) / 2 - np.pi  # where truth' = 2 cos(2x) + 0.3 = 0 and truth'' > 0

HIGHEST = np.arccos(-0.15) / 2


def curve(sites: int = 33, std: float = 0.0) -> Observations:
    rows = [(float(x), float(truth(x)), std, 0, NAN, NAN) for x in np.linspace(-1, 3, sites)]
    return observations(rows, (REFERENCE,))


def bowl(x: FloatArray) -> FloatArray:
    """Least at (0.8, 20), where it is -1."""
    u, v = x[:, 0] - 0.8, (x[:, 1] - 20.0) / 10.0
    values: FloatArray = u**2 + v**2 + 0.8 * u * v - 1.0
    return values


def ask(
    fit: StarFit, kind: str, *, count: int = 400, other: StarFit | None = None, **more: Any
) -> Answer:
    return evaluate(fit, Functional(kind=Kind(kind), **more), other=other, count=count)


def near(found: Any, expected: float, *, within: float) -> bool:
    """Within four sigma, and sigma within what the data allow."""
    return bool(abs(found.mean - expected) <= 4 * found.std + 1e-9 and found.std <= within)
