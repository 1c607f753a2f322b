"""Many environments of a control world that step in one array program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from qtwin.worlds.base import Floats
from qtwin.worlds.control.actions import checked
from qtwin.worlds.control.episodes import Episodes, Seen
from qtwin.worlds.control.options import Options
from qtwin.worlds.generators import Seeds, seeded

if TYPE_CHECKING:
    from qtwin.worlds.control.world import ControlWorld

Flags = NDArray[np.bool_]


class ControlBatch(VectorEnv[Floats, Floats, NDArray[Any]]):
    """``B`` of `qtwin.worlds.control.environment.ControlEnvironment`, which see.

    Environment ``i`` of a batch reset with seed ``s`` is the one environment reset with ``s + i``:
    it draws the same numbers, and its states are the same to 1e-12. All episodes have equally many
    steps. At the step after the last, whatever its actions, all begin anew, with the truth that the
    last ``reset`` asked for and with new draws.
    """

    metadata = {
        "render_modes": [],
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }

    def __init__(self, world: ControlWorld, num_envs: int) -> None:
        if num_envs < 1:
            raise ValueError(f"num_envs is {num_envs}; allowed: 1 or more")
        self.world, self.num_envs = world, num_envs
        self.single_observation_space = world.observation_space
        self.single_action_space = world.action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._episodes = Episodes(world, num_envs)
        self._generators: list[np.random.Generator] = []
        self._truth = world.truth

    def reset(
        self,
        *,
        seed: Seeds = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Floats, dict[str, Any]]:
        """Begin all episodes.

        Args:
            seed: Of environment 0, the others having those that follow; or one for each. None
                goes on with the numbers that were being drawn.
            options: ``truth``, and ``draws`` with one number for each environment.

        Raises:
            ValueError: An option is not allowed, or there are not as many seeds as environments.
        """
        wanted = Options.read(
            options,
            default=self.world.truth,
            rows=self.num_envs,
            count=len(self.world.truths.draws),
        )
        self._generators = seeded(self._generators, seed, self.num_envs)
        self._truth = wanted.truth
        seen = self._episodes.begin(self._generators, truth=wanted.truth, draws=wanted.draws)
        return seen.observations, self._facts(seen)

    def step(
        self, actions: Any
    ) -> tuple[Floats, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Set the next knot in each environment.

        Raises:
            ValueError: The actions have another shape or a component that is not finite; nothing
                has happened then.
            ResetNeeded: ``reset`` was never called.
        """
        if not self._generators:
            from gymnasium.error import ResetNeeded

            raise ResetNeeded("no episode has begun; allowed: reset")
        taken = checked(actions, self.num_envs, self.world.schedules.components)
        if self._episodes.over:
            seen = self._episodes.begin(self._generators, truth=self._truth)
        else:
            seen = self._episodes.advance(taken, self._generators)
        over = np.full(self.num_envs, seen.over)
        return seen.observations, seen.rewards, over, np.zeros_like(over), self._facts(seen)

    def _facts(self, seen: Seen) -> dict[str, Any]:
        """With a mask for each, as Gymnasium has them."""
        facts: dict[str, Any] = dict(seen.facts)
        return facts | {f"_{name}": np.ones(self.num_envs, dtype=bool) for name in seen.facts}
