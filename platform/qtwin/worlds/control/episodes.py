"""Episodes of many environments that step together, without any of Gymnasium.

``B`` environments, ``A`` components of an action, ``O`` of an observation, ``P`` parameters.
Each environment draws from a generator of its own, so that it does not depend on the others: twice
when an episode begins (its truth and the key of its noise), and for the shots of each round.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray
from qtwin.worlds.control.noise import Keys, mixed

if TYPE_CHECKING:
    from qtwin.worlds.control.world import ControlWorld

Generators = Sequence[np.random.Generator]
HIGHEST = 2**63


class Seen(NamedTuple):
    """What a step gives.

    Attributes:
        observations: Shape ``(B, O)``.
        rewards: Shape ``(B,)``.
        over: Whether the episodes ended; they all do together.
        facts: What nobody needs for acting, each with ``B`` rows.
    """

    observations: NDArray[np.float32]
    rewards: FloatArray
    over: bool
    facts: dict[str, NDArray[Any]]


class Episodes:
    """The state of ``B`` environments of one world."""

    def __init__(self, world: ControlWorld, rows: int) -> None:
        self._world, self._rows = world, rows
        self._truths = np.zeros((rows, len(world.parameters)))
        self._keys: Keys = np.zeros(rows, dtype=np.uint64)
        self._seen = world.layout.empty(rows)
        self._times: list[FloatArray] = []
        self._values: list[FloatArray] = []
        self._step = 0

    @property
    def over(self) -> bool:
        """Whether there is nothing to step."""
        return self._step >= self._world.steps

    def begin(
        self, generators: Generators, *, truth: str, draws: Sequence[int] | None = None
    ) -> Seen:
        """Begin episodes.

        Args:
            generators: Of each environment.
            truth: ``posterior`` or ``nominal``.
            draws: Numbers of the truths of the posterior, one for each environment.
        """
        world, count = self._world, len(self._world.truths.draws)
        drawn = np.array([generator.integers((count, HIGHEST)) for generator in generators])
        self._keys = drawn[:, 1].astype(np.uint64)
        places = drawn[:, 0] if draws is None else np.array(draws, dtype=np.int64)
        if truth == "nominal":
            self._truths = np.tile(world.truths.nominal, (self._rows, 1))
        else:
            self._truths = world.truths.draws[places]
        self._seen, self._step = world.layout.empty(self._rows), 0
        self._forget()
        return self._answer(np.zeros(self._rows), {"truth": self._truths.copy()})

    def advance(self, actions: FloatArray, generators: Generators) -> Seen:
        """Take one step.

        Args:
            actions: Finite, shape ``(B, A)``; clipped to [-1, 1].
        """
        world, space = self._world, self._world.schedules
        actions = np.clip(actions, -1.0, 1.0)
        step = self._step % space.segments
        self._times.append(space.pace.end(step, self._times[-1], actions))
        pair = np.stack(self._times[-2:], axis=1)
        self._values.append(space.knot(step, pair, self._values[-1], actions))
        world.layout.written(self._seen, step, space.scaled(pair, self._values[-1]))
        self._step += 1
        if step + 1 < space.segments:
            return self._answer(np.zeros(self._rows), {})
        return self._measure(generators)

    def _measure(self, generators: Generators) -> Seen:
        """End a round."""
        world = self._world
        knots = world.schedules.close(
            np.stack(self._times[1:], axis=1), np.stack(self._values[1:], axis=1)
        )
        self._forget()
        ended = self._step // world.schedules.segments
        prepared = world.simulator.run(knots, self._truths, mixed(self._keys + np.uint64(ended)))
        counts = self._read(prepared.chances, generators)
        shares = counts / world.shots
        estimate = world.goal.means(shares) if world.goal.diagonal is not None else None
        world.layout.measured(self._seen, ended / world.rounds, shares, estimate)
        facts = {
            "value": prepared.values, "counts": counts, "times": knots.times,
            "schedule": knots.values, **({} if estimate is None else {"estimate": estimate}),
        }  # fmt: skip
        reached = estimate if world.from_shots and estimate is not None else prepared.values
        rewards = world.goal.sign * reached - world.costs.of(knots)
        return self._answer(rewards if self.over else np.zeros(self._rows), facts)

    def _read(self, chances: FloatArray, generators: Generators) -> NDArray[np.int64]:
        """Counts of each basis state, shape ``(B, 2**n)``, from chances ``(B, T, 2**n)``."""
        parts = chances.shape[1]
        each = np.full(parts, self._world.shots // parts)
        each[: self._world.shots % parts] += 1
        drawn = [
            generator.multinomial(each, row).sum(axis=0)
            for generator, row in zip(generators, chances, strict=True)
        ]
        return np.stack(drawn)

    def _forget(self) -> None:
        """Begin a new schedule."""
        self._times = [np.zeros(self._rows)]
        self._values = [self._world.schedules.starts(self._rows)]

    def _answer(self, rewards: FloatArray, facts: dict[str, NDArray[Any]]) -> Seen:
        return Seen(self._seen.copy(), rewards, self.over, facts)
