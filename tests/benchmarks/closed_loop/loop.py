"""Measure, fit, plan, and again, until the budget is spent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion import fit_star
from qtwin.fusion.base import FloatArray
from qtwin.fusion.planner import Goal, plan
from qtwin.fusion.star.posterior import StarFit
from tests.benchmarks.closed_loop.h4 import (
    GRID,
    SHOTS,
    SOURCES,
    Row,
    exact_curve,
    measure,
    observations,
    shots_of,
)

TARGET = 1.6e-3
"""Chemical accuracy, hartree."""

START = {"FCI": 3, "CCSD": 2, "MP2": 8, "HF": 10, "QPU": 2}
"""The least references that may be called calibrated; of each other source what 40 units buy, and
no more than ten."""

_PLACES = GRID[::2, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """After a fit: all that has been spent, and the error of the curve in hartree."""

    cost: float
    rmse: float
    coverage: float


def run(sources: tuple[str, ...], *, seed: int, budget: float, batch: int) -> list[Stage]:
    """A campaign with some sources, from a Latin hypercube in each, refitted after each batch."""
    rows = [
        measure(name, float(x), SHOTS, 1000 * seed + i)
        for name in sources
        for i, x in enumerate(_hypercube(START[name], 100 * seed + list(SOURCES).index(name)))
    ]
    stages: list[Stage] = []
    while True:
        fit = quick(rows, seed)
        spent = sum(row.cost for row in rows)
        stages.append(_stage(fit, spent))
        if budget - spent < 1.0:
            return stages
        found = plan(
            observations(rows),
            {name: SOURCES[name].offer for name in sources},
            Goal(budget=budget - spent, batch=batch),
            fit=fit,
            points=_PLACES,
            shots=shots_of(rows),
            seed=seed,
        )
        if not found.steps:
            return stages
        for step in found.steps:
            rows.append(measure(step.source, step.at[0], step.shots or 0, 1000 * seed + len(rows)))


def evenly_spaced(*, seed: int, budget: float) -> list[Stage]:
    """References at equal distances, as if somebody had known how many it takes."""
    stages = []
    for n in range(START["FCI"], int(budget // 100.0) + 1):
        places = GRID[np.round(np.linspace(0, len(GRID) - 1, n)).astype(int)]
        rows = [measure("FCI", float(x), 0, 0) for x in places]
        stages.append(_stage(quick(rows, seed), 100.0 * n))
    return stages


def quick(rows: list[Row], seed: int) -> StarFit:
    """A fit with few samples: there are hundreds of them."""
    return fit_star(observations(rows), seed=seed, steps=240, keep=8, restarts=1)


def cost_to_reach(stages: list[Stage]) -> float:
    """Cost from which on the error stays at the target; infinite when it never does."""
    cost = np.inf
    for stage in reversed(stages):
        if stage.rmse > TARGET:
            break
        cost = stage.cost
    return float(cost)


def _stage(fit: StarFit, cost: float) -> Stage:
    belief = fit.predict(GRID[:, None])
    truth = exact_curve()
    inside = (belief.lower <= truth) & (truth <= belief.upper)
    return Stage(
        cost=cost,
        rmse=float(np.sqrt(np.mean((belief.mean - truth) ** 2))),
        coverage=float(inside.mean()),
    )


def _hypercube(n: int, seed: int) -> FloatArray:
    rng = np.random.default_rng(seed)
    place = (rng.permutation(n) + rng.random(n)) / n
    found: FloatArray = GRID[np.round(place * (len(GRID) - 1)).astype(int)]
    return found
