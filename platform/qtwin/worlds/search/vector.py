"""Search environments that step together."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from qtwin.worlds.base import Floats
from qtwin.worlds.generators import Seeds, seeded
from qtwin.worlds.search.belief import Belief
from qtwin.worlds.search.episodes import Episodes, numbers_of
from qtwin.worlds.search.world import SearchWorld


class SearchVector(VectorEnv[Floats, Floats, NDArray[Any]]):
    """``B`` environments of one world; an episode that ends is reset at the next step.

    ``reset(seed=s)`` seeds the environments with s, s + 1, …, or each with its own of a list, so
    that environment i is the single one of that seed.
    """

    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP, "render_modes": []}  # gymnasium's

    def __init__(self, world: SearchWorld, num_envs: int) -> None:
        if num_envs < 1:
            raise ValueError(f"num_envs is {num_envs}; allowed: 1 or more")
        self.world = world
        self.num_envs = num_envs
        self.single_observation_space = world.observation_space
        self.single_action_space = world.action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.episodes = Episodes(world, num_envs)
        self._generators: list[np.random.Generator] = []
        self._options: dict[str, Any] | None = None
        self._ended = np.ones(num_envs, dtype=bool)

    @property
    def belief(self) -> Belief:
        """All that observations are a summary of, for agents that plan."""
        return self.episodes.belief

    def reset(
        self,
        *,
        seed: Seeds = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Floats, dict[str, Any]]:
        """Begin an episode in every environment; ``options`` also hold for the episodes after."""
        numbers_of(options, self.num_envs, self.world.terms.truths)
        self._generators = seeded(self._generators, seed, self.num_envs)
        self._options = options
        self._begin(np.ones(self.num_envs, dtype=bool))
        return self.episodes.observe(), self.episodes.info()

    def step(
        self, actions: Floats
    ) -> tuple[Floats, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Ask in every environment; those whose episode has ended begin another one instead.

        Raises:
            ValueError: Actions of another shape, or not finite.
        """
        code = self.world.actions
        asks = code.decode(code.checked(actions, self.num_envs))
        ended = self._ended
        if ended.any():
            self._begin(ended)
        step = self.episodes.ask(asks, ~ended)
        self._ended = step.terminated | step.truncated
        return (
            self.episodes.observe(),
            step.reward,
            step.terminated,
            step.truncated,
            step.info,
        )

    def _begin(self, rows: NDArray[np.bool_]) -> None:
        if not self._generators:
            raise RuntimeError("reset must be called before step")
        numbers = numbers_of(self._options, self.num_envs, self.world.terms.truths)
        for row in np.flatnonzero(rows):
            self.episodes.begin(int(row), self._generators[row], numbers[row])
        self.episodes.forget(rows)
        self._ended = self._ended & ~rows
