"""One search environment."""

from __future__ import annotations

from typing import Any, cast

import gymnasium
import numpy as np

from qtwin.worlds.base import Floats
from qtwin.worlds.search.belief import Belief
from qtwin.worlds.search.episodes import Episodes, numbers_of
from qtwin.worlds.search.world import SearchWorld


class SearchEnvironment(gymnasium.Env[Floats, Floats]):
    """Ask until the money is spent, or stop before.

    An ask that costs more than is left is refused: nothing is measured or paid, and the episode
    ends, with ``refused``, ``would_cost`` and ``left`` in the info.
    """

    metadata = {"render_modes": []}  # gymnasium's

    def __init__(self, world: SearchWorld) -> None:
        self.world = world
        self.observation_space = cast("gymnasium.Space[Floats]", world.observation_space)
        self.action_space = cast("gymnasium.Space[Floats]", world.action_space)
        self.episodes = Episodes(world, 1)

    @property
    def belief(self) -> Belief:
        """All that observations are a summary of, for agents that plan."""
        return self.episodes.belief

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Begin an episode."""
        (number,) = numbers_of(options, 1, self.world.terms.truths)
        super().reset(seed=seed)
        self.episodes.begin(0, self.np_random, number)
        self.episodes.forget(np.ones(1, dtype=bool))
        return self.episodes.observe()[0], _of_one(self.episodes.info())

    def step(self, action: Floats) -> tuple[Floats, float, bool, bool, dict[str, Any]]:
        """Ask once.

        Raises:
            ValueError: An action of another shape, or not finite.
        """
        code = self.world.actions
        asks = code.decode(code.checked(np.asarray(action)[None], 1))
        step = self.episodes.ask(asks, np.ones(1, dtype=bool))
        return (
            self.episodes.observe()[0],
            float(step.reward[0]),
            bool(step.terminated[0]),
            bool(step.truncated[0]),
            _of_one(step.info),
        )


def _of_one(info: dict[str, Any]) -> dict[str, Any]:
    return {name: value[0].tolist() for name, value in info.items()}
