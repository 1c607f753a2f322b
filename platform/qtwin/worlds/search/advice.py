"""What an agent would run next, from what the twin knows now: a choice beside that of a plan.

A campaign may follow it instead of ``fusion.planner``, or a report show both.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.worlds.search.actions import Asks
from qtwin.worlds.search.agents import Agent
from qtwin.worlds.search.grid import refined
from qtwin.worlds.search.world import SearchWorld


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One run.

    Attributes:
        agent: Whose choice it is.
        source: Name of the source.
        at: Controls, in their canonical units.
        gain: Noise gain of a device, else None.
        knobs: Its other knobs.
        shots: None where it takes none.
        cost: In the unit of the document's prices.
    """

    agent: str
    source: str
    at: tuple[float, ...]
    gain: float | None
    knobs: dict[str, float]
    shots: int | None
    cost: float

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)


def advise(world: SearchWorld, agent: Agent) -> Advice | None:
    """The first ask of an agent; None where it would stop."""
    environments = world.vector(1)
    environments.reset(seed=0, options={"truth": "nominal"})
    asks = agent.choose(environments.episodes, np.arange(1))
    if asks.stop[0]:
        return None
    way, count = world.ways[int(asks.way[0])], world.terms.shots[int(asks.shots[0])]
    low, high = world.fit.bounds.T
    place = low + world.grid[int(asks.point[0])] * (high - low)
    return Advice(
        agent=agent.name,
        source=way.name,
        at=tuple(float(value) for value in place),
        gain=way.setting.gain,
        knobs=dict(way.setting.knobs),
        shots=count if way.noisy else None,
        cost=way.cost(count),
    )


def grid_table(world: SearchWorld, way: int, shots: int = 0) -> FloatArray:
    """Grid search as the actions of each step, shape ``(steps, A)``: an open-loop policy."""
    order = np.resize(refined(len(world.grid), world.grid.shape[1]), world.steps)
    asks = Asks(
        point=order,
        way=np.full(world.steps, way),
        shots=np.full(world.steps, shots),
        stop=np.zeros(world.steps, dtype=bool),
    )
    return np.asarray(world.actions.encode(asks), dtype=np.float64)


def grid_tables(world: SearchWorld) -> dict[str, FloatArray]:
    """Grid search by each way to ask, with the middle shot count, by title."""
    shots = len(world.terms.shots) // 2
    named: dict[str, FloatArray] = {}
    for number, way in enumerate(world.ways):
        title = f"grid of {way.name}"
        named[f"{title}, {number}" if title in named else title] = grid_table(world, number, shots)
    return named
