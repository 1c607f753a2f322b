"""Stages that are played in worlds: nominal, randomised, and a held-out twin version."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qtwin.worlds.base import TRUTHS, World
from qtwin.worlds.learners.truths import numbered, reserved
from qtwin.worlds.policies.policy import Policy
from qtwin.worlds.policies.rollout import rollout
from qtwin.worlds.transfer.stage import Rung, Sample


def nominal(world: World, *, episodes: int = 64, seed: int = 0) -> Rung:
    """All truths are what the system's document says."""

    def play(policy: Policy) -> Sample:
        values = rollout(world, policy, episodes, seed=seed, truth=TRUTHS[1]).values[0]
        return Sample(values=values, paired=True)

    return Rung(name="nominal", title="Nominal twin", play=play)


def randomised(world: World, *, episodes: int = 256, seed: int = 0) -> Rung:
    """Truths are draws of the posterior, none of which any policy was trained or chosen on."""

    def play(policy: Policy) -> Sample:
        return _randomised(world, policy, episodes, seed)

    return Rung(name="randomised", title="Randomised twin", play=play)


def held_out(world: World, *, episodes: int = 256, seed: int = 0, version: str = "") -> Rung:
    """Truths are draws of the posterior of another version of the twin.

    Args:
        world: Of that version.
        version: For the title.
    """

    def play(policy: Policy) -> Sample:
        return _randomised(world, policy, episodes, seed)

    title = f"Held-out twin version {version}".strip()
    return Rung(name="held_out", title=title, play=play)


def _randomised(world: World, policy: Policy, episodes: int, seed: int) -> Sample:
    pool = reported(world)
    if pool is None:
        played = rollout(world, policy, episodes, seed=seed)
        return Sample(values=played.values[0], paired=True)
    draws = np.resize(np.random.default_rng(seed).permutation(pool), episodes)
    played = rollout(world, policy, draws, seed=seed)
    return Sample(values=played.values[0], truths=draws, paired=True)


def reported(world: World) -> NDArray[np.int64] | None:
    """Numbers of the draws that no policy was trained on; None where a world numbers none.

    With very few draws these are all of them.
    """
    count = numbered(world)
    if count is None:
        return None
    kept = reserved(count)
    return kept if len(kept) else np.arange(count)
