"""Play policies in a world: P candidates in the same E episodes, all in one array program.

Every candidate meets the same truths and the same seeds (common random numbers), so that what
differs between two of them is what they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray
from qtwin.worlds.base import TRUTHS, World
from qtwin.worlds.policies.policy import Policy

MOST_ENVIRONMENTS = 1024
"""That step together; more are played one batch after the other."""
VALUE = "value"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcomes:
    """What came of it.

    Attributes:
        returns: Sums of the rewards of each episode, shape ``(P, E)``.
        values: What the world calls ``value`` when an episode ends, without costs and shot noise;
            the returns where it says nothing, shape ``(P, E)``.
        lengths: Steps of each episode, shape ``(P, E)``.
    """

    returns: FloatArray
    values: FloatArray
    lengths: NDArray[np.int64]


def rollout(
    world: World,
    policy: Policy,
    draws: Sequence[int] | NDArray[np.int64] | int,
    *,
    seed: int,
    parameters: FloatArray | None = None,
    truth: str = TRUTHS[0],
    most: int = MOST_ENVIRONMENTS,
) -> Outcomes:
    """Play to the end of every episode. The same for the same arguments, whatever ``most`` is.

    Args:
        policy: What acts.
        draws: Numbers of the truths, one per episode; or how many episodes, each with a truth of
            its own by its seed.
        seed: Of the episodes: the e-th is reset with the e-th number that it gives.
        parameters: Of the candidates, shape ``(P, dim)``; without them the policy's own, P = 1.
        truth: ``posterior`` or ``nominal``.
        most: Environments that step together.

    Raises:
        ValueError: The policy does not fit the world, or the parameters do not fit the policy.
    """
    policy.check_fits(world)
    thetas = policy.parameters[None, :] if parameters is None else np.asarray(parameters)
    if thetas.ndim != 2 or thetas.shape[1] != policy.architecture.size:
        raise ValueError(
            f"parameters have shape {thetas.shape}; allowed: (P, {policy.architecture.size})"
        )
    episodes = _Episodes.of(draws, seed, truth)
    batches = [
        [_play(world, policy, some, part) for some in _cut(thetas, max(1, most // len(part.seeds)))]
        for part in episodes.batches(most)
    ]
    return _joined([_joined(batch, axis=0) for batch in batches], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Episodes:
    """E of them."""

    seeds: list[int]
    draws: list[int] | None
    truth: str

    @classmethod
    def of(cls, draws: Sequence[int] | NDArray[np.int64] | int, seed: int, truth: str) -> Self:
        count = draws if isinstance(draws, int) else len(draws)
        if count < 1:
            raise ValueError(f"{count} episodes; allowed: 1 or more")
        numbered = truth == TRUTHS[0] and not isinstance(draws, int)
        numbers = [int(d) for d in draws] if numbered else None  # type: ignore[union-attr]  # not int
        return cls(seeds=episode_seeds(seed, count), draws=numbers, truth=truth)

    def batches(self, most: int) -> Iterator[Self]:
        for first in range(0, len(self.seeds), most):
            cut = slice(first, first + most)
            draws = None if self.draws is None else self.draws[cut]
            yield replace(self, seeds=self.seeds[cut], draws=draws)

    def options(self, candidates: int) -> dict[str, Any]:
        if self.draws is None:
            return {"truth": self.truth}
        return {"truth": self.truth, "draws": self.draws * candidates}


def _cut(thetas: FloatArray, size: int) -> Iterator[FloatArray]:
    for first in range(0, len(thetas), size):
        yield thetas[first : first + size]


def _joined(parts: list[Outcomes], axis: int) -> Outcomes:
    return Outcomes(
        returns=np.concatenate([part.returns for part in parts], axis=axis),
        values=np.concatenate([part.values for part in parts], axis=axis),
        lengths=np.concatenate([part.lengths for part in parts], axis=axis),
    )


def episode_seeds(seed: int, count: int) -> list[int]:
    """Seeds of the episodes of one seed; more episodes begin with those of fewer."""
    drawn = np.random.SeedSequence(seed).generate_state(count, np.uint32)
    return [int(number) for number in drawn >> 1]


def _play(world: World, policy: Policy, thetas: FloatArray, episodes: _Episodes) -> Outcomes:
    """One batch of ``(P, E)`` environments."""
    shape = (len(thetas), len(episodes.seeds))
    size = shape[0] * shape[1]
    seeds, options = episodes.seeds * len(thetas), episodes.options(len(thetas))
    returns, values = np.zeros(size), np.full(size, np.nan)
    lengths, running = np.zeros(size, dtype=np.int64), np.ones(size, dtype=bool)
    environments = world.vector(size)
    try:
        observed, _ = environments.reset(seed=seeds, options=options)  # type: ignore[arg-type]  # a list of seeds is taken by gymnasium's own, too
        for step in range(world.steps):
            seen = np.asarray(observed, dtype=np.float64).reshape(*shape, -1)
            actions = policy.architecture.act(thetas, seen, step).reshape(size, -1)
            sent = actions.astype(np.float32).reshape(size, *world.action_space.shape)
            observed, rewards, terminated, truncated, infos = environments.step(sent)
            returns += np.where(running, rewards, 0.0)
            lengths += running
            ended = running & (np.asarray(terminated) | np.asarray(truncated))
            if VALUE in infos:
                values = np.where(ended, np.asarray(infos[VALUE], dtype=np.float64), values)
            running &= ~ended
            if not running.any():
                break
    finally:
        environments.close()
    values = np.where(np.isnan(values), returns, values)
    return Outcomes(
        returns=returns.reshape(shape), values=values.reshape(shape), lengths=lengths.reshape(shape)
    )
