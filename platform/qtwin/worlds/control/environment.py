"""One environment of a control world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import gymnasium
import numpy as np

from qtwin.worlds.base import Floats
from qtwin.worlds.control.actions import checked
from qtwin.worlds.control.episodes import Episodes, Seen
from qtwin.worlds.control.options import Options

if TYPE_CHECKING:
    from qtwin.worlds.control.world import ControlWorld


class ControlEnvironment(gymnasium.Env[Floats, Floats]):
    """An agent that writes schedules of one driven system, and sees shots.

    Observations are those of `qtwin.worlds.control.layout.Layout`; an action has a component for
    each of ``world.schedules.components``, -1 for the lower and 1 for the upper bound. Numbers
    beyond them are taken as the nearer bound. The reward is 0 but at the last step of the last
    round: there it is the goal's value (its negative where less is better) less the schedule's
    costs. That step terminates the episode; nothing truncates it.

    ``info`` of ``reset`` has the ``truth``; of the last step of each round the goal's true
    ``value``, what shots ``estimate`` of it, their ``counts`` by basis state, and the round's
    schedule: ``times`` and the ``schedule`` of shape ``(K, C)``.
    """

    metadata = {"render_modes": []}

    def __init__(self, world: ControlWorld) -> None:
        self.world = world
        self.observation_space = cast("gymnasium.Space[Floats]", world.observation_space)
        self.action_space = cast("gymnasium.Space[Floats]", world.action_space)
        self._episodes = Episodes(world, 1)
        self._begun = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: Of the truth, the noise and the shots.
            options: ``truth`` and ``draws``, of which there is one, as of `Options`.

        Raises:
            ValueError: An option is not allowed.
        """
        wanted = Options.read(
            options, default=self.world.truth, rows=1, count=len(self.world.truths.draws)
        )
        super().reset(seed=seed)
        self._begun = True
        seen = self._episodes.begin([self.np_random], truth=wanted.truth, draws=wanted.draws)
        return seen.observations[0], _facts(seen)

    def step(self, action: Any) -> tuple[Floats, float, bool, bool, dict[str, Any]]:
        """Set the next knot.

        Raises:
            ValueError: The action has another shape or a component that is not finite; nothing
                has happened then.
            ResetNeeded: The episode has not begun, or is over.
        """
        if not self._begun or self._episodes.over:
            raise gymnasium.error.ResetNeeded("the episode is over; allowed: reset")
        taken = checked(action, None, self.world.schedules.components)
        seen = self._episodes.advance(taken, [self.np_random])
        return seen.observations[0], float(seen.rewards[0]), seen.over, False, _facts(seen)


def _facts(seen: Seen) -> dict[str, Any]:
    return {
        name: one[0] if one.ndim > 1 else np.float64(one[0]) for name, one in seen.facts.items()
    }
