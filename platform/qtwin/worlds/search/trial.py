"""Let agents search, and count what it costs them to find the answer.

All agents meet the same episodes: the same truths, and the same noise of the k-th ask.
Shapes: ``E`` episodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.worlds.search.actions import Asks
from qtwin.worlds.search.agents import Agent
from qtwin.worlds.search.world import SearchWorld


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """What one agent did.

    Attributes:
        agent: Its name.
        budget: Of an episode.
        cost: Spent when the answer came within the tolerance for good, shape ``(E,)``; the whole
            budget where it never did.
        found: Whether the last answer was within the tolerance, shape ``(E,)``.
        error: Of the last answer, shape ``(E,)``.
        spent: In all, shape ``(E,)``.
        asks: In all, shape ``(E,)``.
    """

    agent: str
    budget: float
    cost: FloatArray
    found: NDArray[np.bool_]
    error: FloatArray
    spent: FloatArray
    asks: IntArray


def play(world: SearchWorld, agent: Agent, seeds: Sequence[int]) -> Trial:
    """One episode for each seed; the same for the same agent and seeds."""
    environments = world.vector(len(seeds))
    _, info = environments.reset(seed=list(seeds))
    running = np.ones(len(seeds), dtype=bool)
    cost = np.where(info["within"], 0.0, world.terms.budget)
    last = {name: info[name] for name in ("within", "error", "spent", "asks")}
    while running.any():
        rows = np.flatnonzero(running)
        asks = _among(agent.choose(environments.episodes, rows), rows, len(seeds))
        _, _, terminated, truncated, info = environments.step(world.actions.encode(asks))
        entered = running & info["within"] & ~last["within"]
        cost = np.where(entered, info["spent"], cost)
        cost = np.where(running & ~info["within"], world.terms.budget, cost)
        last = {name: np.where(running, info[name], last[name]) for name in last}
        running &= ~(terminated | truncated)
    return Trial(
        agent=agent.name,
        budget=world.terms.budget,
        cost=cost,
        found=last["within"],
        error=last["error"],
        spent=last["spent"],
        asks=last["asks"],
    )


def _among(asks: Asks, rows: IntArray, count: int) -> Asks:
    """The asks of some environments among all; the others stop."""

    def spread(values: IntArray) -> IntArray:
        whole = np.zeros(count, dtype=np.int64)
        whole[rows] = values
        return whole

    stop = np.ones(count, dtype=bool)
    stop[rows] = asks.stop
    return Asks(point=spread(asks.point), way=spread(asks.way), shots=spread(asks.shots), stop=stop)
