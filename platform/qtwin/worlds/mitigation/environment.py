"""The mitigation world as Gymnasium's environments, single and batched.

A single environment is a batch of one; episodes repeat bit for bit with their seed, in a batch of
any size, as each environment has its own generator.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.worlds.base import Floats, truth_of
from qtwin.worlds.generators import Seeds, seeded
from qtwin.worlds.mitigation.episode import Episodes
from qtwin.worlds.mitigation.world import MitigationWorld

NAMES = ("gain", "shots", "circuits", "stop")


class MitigationBatch(VectorEnv[Floats, Floats, NDArray[Any]]):
    """Episodes that step together; one that ended is reset at the next step."""

    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP}

    def __init__(self, world: MitigationWorld, num_envs: int) -> None:
        self.world = world
        self.num_envs = num_envs
        self.single_observation_space = world.observation_space
        self.single_action_space = world.action_space
        self.observation_space = batch_space(world.observation_space, num_envs)
        self.action_space = batch_space(world.action_space, num_envs)
        self.episodes = Episodes(world, num_envs)
        self._ended = np.ones(num_envs, dtype=np.bool_)
        self._rngs: list[np.random.Generator] = []
        self._options: Mapping[str, Any] = {}

    def reset(
        self,
        *,
        seed: Seeds = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Floats, dict[str, Any]]:
        """Begin an episode in each; ``options`` are those of the port."""
        truth_of(options)
        self._rngs = seeded(self._rngs, seed, self.num_envs)
        self._options = options or {}
        self._begin(np.arange(self.num_envs))
        return self.episodes.observations(), {}

    def step(
        self, actions: Floats
    ) -> tuple[Floats, FloatArray, NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Act in all; where the last step ended an episode, begin the next instead.

        Raises:
            ValueError: An action is not finite, or of another shape; nothing has changed.
            ResetNeeded: ``reset`` was never called.
        """
        if not self._rngs:
            raise gymnasium.error.ResetNeeded("no episode has begun; allowed: reset")
        checked = _checked(actions, self.num_envs)
        begun = np.flatnonzero(self._ended)
        active = ~self._ended
        noise = np.zeros(self.num_envs)
        for row in np.flatnonzero(active).tolist():
            noise[row] = self._rngs[row].standard_normal()
        rewards, terminated, truncated, infos = self.episodes.step(checked, active, noise)
        self._begin(begun)
        self._ended = terminated | truncated
        masks = {f"_{name}": active for name in infos}
        return self.episodes.observations(), rewards, terminated, truncated, infos | masks

    def _begin(self, rows: IntArray) -> None:
        if len(rows) == 0:
            return
        self.episodes.begin(rows, self._truths(rows))
        self._ended[rows] = False

    def _truths(self, rows: IntArray) -> FloatArray:
        posterior, draws = self.world.posterior, self._options.get("draws")
        if draws is not None:
            numbers = _draws(draws, self.num_envs, len(posterior.draws))[rows]
            chosen: FloatArray = posterior.draws[numbers]
            return chosen
        if truth_of(self._options) == "nominal":
            return np.tile(posterior.nominal, (len(rows), 1))
        return np.array([posterior.pick(self._rngs[row], 1)[0] for row in rows.tolist()])


class MitigationEnv(gymnasium.Env[Floats, Floats]):
    """One environment: a batch of one that is not reset by itself."""

    metadata = {"render_modes": []}

    def __init__(self, world: MitigationWorld) -> None:
        self.world = world
        self.observation_space = cast("gymnasium.Space[Floats]", world.observation_space)
        self.action_space = cast("gymnasium.Space[Floats]", world.action_space)
        self._batch = MitigationBatch(world, 1)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Begin an episode; ``options`` are those of the port."""
        super().reset(seed=seed)
        seen, _ = self._batch.reset(seed=seed, options=options)
        return seen[0], {}

    def step(self, action: Floats) -> tuple[Floats, float, bool, bool, dict[str, Any]]:
        """Act once.

        Raises:
            ValueError: The action is not finite, or of another shape; nothing has changed.
        """
        one = np.asarray(action)[None]
        seen, rewards, terminated, truncated, infos = self._batch.step(one)
        return (
            seen[0],
            float(rewards[0]),
            bool(terminated[0]),
            bool(truncated[0]),
            {name: values[0].item() for name, values in infos.items() if name[0] != "_"},
        )


def _checked(actions: Any, count: int) -> FloatArray:
    given = np.asarray(actions, dtype=np.float64)
    if given.shape != (count, len(NAMES)):
        raise ValueError(f"actions have shape {given.shape}; allowed: ({count}, {len(NAMES)})")
    if not np.isfinite(given).all():
        row, column = np.argwhere(~np.isfinite(given))[0].tolist()
        raise ValueError(
            f"action {NAMES[column]} of environment {row} is {given[row, column]}; "
            "allowed: -1 to 1 (what lies outside is taken for the nearer of the two)"
        )
    return given


def _draws(draws: Any, count: int, most: int) -> IntArray:
    numbers = np.asarray(draws)
    whole = numbers.shape == (count,) and numbers.dtype.kind in "iu"
    if not whole or numbers.min() < 0 or numbers.max() >= most:
        raise ValueError(f"draws = {draws!r}; allowed: {count} integers from 0 to {most - 1}")
    checked: IntArray = numbers.astype(np.int64)
    return checked
