"""A world as stable-baselines3 wants it: many environments, reset as soon as they end.

Observations come scaled as the policy sees them. Every episode gets a truth of the training's.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

from qtwin.worlds.base import TRUTHS, World
from qtwin.worlds.policies.scaling import Scaling

ENDS_TOGETHER = ("control",)
"""Kinds of worlds whose episodes all take as many steps, so that all can be reset at once."""


class PlayedEnvs(VecEnv):  # type: ignore[misc]  # the package is an extra, and has no types here
    """Implements stable-baselines3's port.

    Attributes:
        steps: Most of an episode.
        episodes: That have ended.
    """

    def __init__(
        self,
        world: World,
        count: int,
        scaling: Scaling,
        *,
        draws: NDArray[np.int64] | None,
        truth: str,
        rng: np.random.Generator,
    ) -> None:
        size = len(scaling.centre)
        seen = gymnasium.spaces.Box(-np.inf, np.inf, (size,), np.float32)
        super().__init__(count, seen, world.action_space)
        self._together = world.kind in ENDS_TOGETHER
        self._batch: Any = (
            world.vector(count) if self._together else [world.environment() for _ in range(count)]
        )
        self._scaling, self._draws, self._truth, self._rng = scaling, draws, truth, rng
        self._actions: Any = None
        self.steps = world.steps
        self.episodes = 0

    def _next_options(self, count: int) -> dict[str, Any]:
        options: dict[str, Any] = {"truth": self._truth}
        if self._draws is not None and self._truth == TRUTHS[0]:
            options["draws"] = [int(d) for d in self._rng.choice(self._draws, count)]
        return options

    def _next_seeds(self, count: int) -> list[int]:
        return [int(n) for n in self._rng.integers(2**31, size=count)]

    def _scaled(self, observed: Any) -> Any:
        flat = np.asarray(observed, dtype=np.float64).reshape(len(observed), -1)
        return self._scaling(flat).astype(np.float32)

    def reset(self) -> Any:
        if self._together:
            observed, _ = self._batch.reset(
                seed=self._next_seeds(self.num_envs), options=self._next_options(self.num_envs)
            )
            return self._scaled(observed)
        return self._scaled([self._begun(number) for number in range(self.num_envs)])

    def _begun(self, number: int) -> Any:
        observed, _ = self._batch[number].reset(
            seed=self._next_seeds(1)[0], options=self._next_options(1)
        )
        return observed

    def step_async(self, actions: Any) -> None:
        self._actions = actions

    def step_wait(self) -> tuple[Any, Any, Any, list[dict[str, Any]]]:
        if self._together:
            observed, rewards, ended, cut, _ = self._batch.step(self._actions)
        else:
            played = [e.step(a) for e, a in zip(self._batch, self._actions, strict=True)]
            observed, rewards, ended, cut = (
                np.array([one[part] for one in played]) for part in range(4)
            )
        return self._after(self._scaled(observed), rewards, np.asarray(ended), np.asarray(cut))

    def _after(
        self, seen: Any, rewards: Any, ended: Any, cut: Any
    ) -> tuple[Any, Any, Any, list[dict[str, Any]]]:
        dones = ended | cut
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        for number in np.flatnonzero(dones):
            infos[number] = {
                "terminal_observation": seen[number].copy(),
                "TimeLimit.truncated": bool(cut[number] and not ended[number]),
            }
        self.episodes += int(dones.sum())
        if self._together and dones.any():
            seen = self.reset()
        elif dones.any():
            seen = seen.copy()
            for number in np.flatnonzero(dones):
                seen[number] = self._scaled([self._begun(int(number))])[0]
        return seen, np.asarray(rewards, dtype=np.float32), dones, infos

    def close(self) -> None:
        for environment in [self._batch] if self._together else self._batch:
            environment.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        return [getattr(self, attr_name, None)] * self.num_envs

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        raise NotImplementedError

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> Any:
        raise NotImplementedError

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        return [False] * self.num_envs
