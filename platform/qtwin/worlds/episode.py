"""One episode of a policy, written out step by step as plain JSON, for people and their pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from qtwin.worlds.base import TRUTHS, World
from qtwin.worlds.policies.policy import Policy
from qtwin.worlds.policies.rollout import episode_seeds

TOLD = ("value", "counts", "outcomes", "schedule", "truth", "times", "controls", "units")
"""Of the last ``info``, where the world says it."""


def episode(
    world: World,
    policy: Policy,
    *,
    seed: int,
    truth: str = TRUTHS[0],
    draw: int | None = None,
) -> dict[str, Any]:
    """Play to the end; the same for the same arguments.

    Args:
        seed: The episode is the first of those that `rollout` plays by it.
        draw: Number of the truth; by the seed where none is given.

    Returns:
        ``steps`` with the observation, the action and the reward of each, ``return``, and what the
        world tells at the end, such as ``value``, ``counts`` and ``truth``.

    Raises:
        ValueError: The policy does not fit the world.
    """
    policy.check_fits(world)
    environment = world.environment()
    options: dict[str, Any] = {"truth": truth}
    if draw is not None and truth == TRUTHS[0]:
        options["draws"] = [draw]
    steps: list[dict[str, Any]] = []
    try:
        observed, info = environment.reset(seed=episode_seeds(seed, 1)[0], options=options)
        for step in range(world.steps):
            action = policy.act(np.asarray(observed, dtype=np.float64)[None], step)[0]
            sent = action.astype(np.float32).reshape(world.action_space.shape)
            before = observed
            observed, reward, terminated, truncated, info = environment.step(sent)
            steps.append(
                {"observation": plain(before), "action": plain(sent), "reward": float(reward)}
            )
            if terminated or truncated:
                break
    finally:
        environment.close()
    told = {name: plain(info[name]) for name in TOLD if name in info}
    return {
        "kind": world.kind,
        "steps": steps,
        "final": plain(observed),
        "return": sum(step["reward"] for step in steps),
        **told,
    }


def plain(value: Any) -> Any:
    """Plain JSON of arrays, numbers and what holds them; None for a number that is not finite."""
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value
