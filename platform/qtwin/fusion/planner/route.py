"""One way to spend: with all sources, or with the references alone.

Shapes: ``N`` observations, ``M`` grid points, ``P`` points, ``D`` controls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from qtwin.fusion.base import FloatArray, Observations, Role
from qtwin.fusion.planner.candidates import candidates_of
from qtwin.fusion.planner.goal import Goal
from qtwin.fusion.planner.offer import Offer
from qtwin.fusion.planner.rules import Ledger, Rules
from qtwin.fusion.planner.scene import Scene, scene_of
from qtwin.fusion.planner.walk import Move, walk
from qtwin.fusion.star.posterior import StarFit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Route:
    """A fit, what it foresees, and the runs that it recommends."""

    fit: StarFit
    scene: Scene
    moves: tuple[Move, ...]

    @property
    def sigma(self) -> float:
        """Expected after all runs."""
        return self.moves[-1].after if self.moves else self.scene.sigma()

    @property
    def cost(self) -> float:
        """Of all runs."""
        return sum(move.cost for move in self.moves)

    @property
    def loo(self) -> float | None:
        """Leave-one-out error on the references; None without references."""
        return self.fit.scores().get("rmse")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field:
    """What both ways share.

    Attributes:
        points: Where runs may be made, shape ``(P, D)``.
        grid: Where the curve is judged, shape ``(M, D)``.
        weights: Of the grid, shape ``(M,)``.
        rules: Limits on the mix of runs.
        offers: Sources that may be run, by name.
    """

    points: FloatArray
    grid: FloatArray
    weights: FloatArray
    rules: Rules
    offers: Mapping[str, Offer]

    def scene(self, data: Observations, fit: StarFit, goal: Goal, shots: FloatArray) -> Scene:
        """Before any run; sources of the offers that the data do not name take no part."""
        candidates = candidates_of(data, fit, self.offers, points=self.points, shots=shots)
        return scene_of(fit, candidates, grid=self.grid, weights=self.weights, aim=goal.aim)

    def route(self, data: Observations, fit: StarFit, goal: Goal, shots: FloatArray) -> Route:
        """Walk to the end of the budget, or to the target."""
        scene = self.scene(data, fit, goal, shots)
        return self.along(Route(fit=fit, scene=scene, moves=()), data, goal, shots)

    def along(self, route: Route, data: Observations, goal: Goal, shots: FloatArray) -> Route:
        """The same way for another budget."""
        ledger = ledger_of(data, self.offers, shots, route.fit)
        moves = walk(route.scene, goal, self.rules, ledger, dimensions=data.x.shape[1])
        return replace(route, moves=moves)


def ledger_of(
    data: Observations, offers: Mapping[str, Offer], shots: FloatArray, fit: StarFit
) -> Ledger:
    """What the measurements have cost at today's prices; sources without an offer were free."""
    ledger = Ledger(references=len(fit.sites.reference_points()))
    references = {spec.name for spec in data.sources if spec.role is Role.REFERENCE}
    for index, spec in enumerate(data.sources):
        rows = data.source == index
        if spec.name not in offers or not rows.any():
            continue
        price = offers[spec.name].price
        cost = price.run * rows.sum() + price.shot * float(np.nansum(shots[rows]))
        ledger.pay(spec.name, cost, reference=spec.name in references)
    return ledger
