"""A world with a known optimum: the scalar linear-quadratic regulator.

``x' = a x + b u + w``, reward ``-(q x² + r u²)`` and ``-p x²`` at the end, with ``p`` the solution
of the Riccati equation, so that ``u = -k x`` is the best of all policies at every step. The truths
are gains b.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, cast

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from qtwin.worlds.base import Batch, Environment, Floats, truth_of

Q, R = 1.0, 1.0


def riccati(a: float, b: float) -> tuple[float, float]:
    """The cost to go p and the gain k of the best policy."""
    linear = R - R * a * a - Q * b * b  # b² p² + (r - r a² - q b²) p - q r = 0
    p = (-linear + np.sqrt(linear * linear + 4 * b * b * Q * R)) / (2 * b * b)
    return p, a * b * p / (R + b * b * p)


@dataclass(frozen=True, kw_only=True, eq=False)
class Regulator:
    kind: ClassVar[str] = "regulator"
    a: float = 0.9
    gains: tuple[float, ...] = (0.5,)
    nominal: float = 0.5
    noise: float = 0.0
    begin: float = 1.0
    steps: int = 5

    @property
    def observation_space(self) -> gymnasium.spaces.Box:
        return gymnasium.spaces.Box(-4.0, 4.0, (1,), np.float32)

    @property
    def action_space(self) -> gymnasium.spaces.Box:
        return gymnasium.spaces.Box(-1.0, 1.0, (1,), np.float32)

    @property
    def draws(self) -> int:
        return len(self.gains)

    @property
    def best(self) -> float:
        """Expected return of the best policy on the nominal truth."""
        p, _ = riccati(self.a, self.nominal)
        return -p * (self.begin**2 + self.steps * self.noise**2)

    def environment(self) -> Environment:
        return Single(self)

    def vector(self, num_envs: int) -> Batch:
        return Several(self, num_envs)

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "a": self.a, "noise": self.noise, "steps": self.steps}


class Several(VectorEnv[Floats, Floats, NDArray[Any]]):
    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP}

    def __init__(self, world: Regulator, num_envs: int) -> None:
        self.world, self.num_envs = world, num_envs
        self.single_observation_space = world.observation_space
        self.single_action_space = world.action_space
        self.observation_space = cast("Any", batch_space(world.observation_space, num_envs))
        self.action_space = cast("Any", batch_space(world.action_space, num_envs))
        self.rngs = [np.random.default_rng() for _ in range(num_envs)]
        self.options: dict[str, Any] = {}

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        if isinstance(seed, int):
            seed = [seed + i for i in range(self.num_envs)]
        if seed is not None:
            self.rngs = [np.random.default_rng(number) for number in seed]
        self.options = dict(options or {})
        return self._begin(), {}

    def _begin(self) -> Floats:
        gains = self.world.gains
        draws = self.options.get("draws") or [int(r.integers(len(gains))) for r in self.rngs]
        self.b = np.array([gains[draw] for draw in draws])
        if truth_of(self.options) == "nominal":
            self.b[:] = self.world.nominal
        self.x, self.at = np.full(self.num_envs, self.world.begin), 0
        return self.x[:, None].astype(np.float32)

    def step(
        self, actions: Floats
    ) -> tuple[Floats, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        never = np.zeros(self.num_envs, dtype=bool)
        if self.at == self.world.steps:
            return self._begin(), np.zeros(self.num_envs), never, never, {}
        u = np.asarray(actions, dtype=np.float64)[:, 0]
        rewards = -(Q * self.x**2 + R * u**2)
        noise = self.world.noise * np.array([rng.normal() for rng in self.rngs])
        self.x = self.world.a * self.x + self.b * u + noise
        self.at += 1
        ended = np.full(self.num_envs, self.at == self.world.steps)
        infos: dict[str, Any] = {}
        if self.at == self.world.steps:
            rewards -= riccati(self.world.a, self.world.nominal)[0] * self.x**2
            infos = {"value": self.x.copy(), "_value": ended}
        return self.x[:, None].astype(np.float32), rewards, ended, never, infos


class Single(gymnasium.Env[Floats, Floats]):
    def __init__(self, world: Regulator) -> None:
        self.batch = Several(world, 1)
        self.observation_space = cast("Any", world.observation_space)
        self.action_space = cast("Any", world.action_space)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        super().reset(seed=seed)
        observed, infos = self.batch.reset(seed=seed, options=options)
        return observed[0], infos

    def step(self, action: Floats) -> tuple[Floats, float, bool, bool, dict[str, Any]]:
        observed, rewards, ended, cut, _ = self.batch.step(np.asarray(action)[None])
        return observed[0], float(rewards[0]), bool(ended[0]), bool(cut[0]), {}
