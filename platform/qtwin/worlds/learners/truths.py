"""Which truths a policy is trained on, and which it is chosen on: never the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qtwin.worlds.base import TRUTHS, World
from qtwin.worlds.learners.document import Plan

SPLIT, TRAINING, HELD_OUT, OPTIMISER, START = range(1, 6)
"""Streams of random numbers of one seed."""
HOLDERS = ("truths", "posterior", "prior")
FEWEST = 8
"""Draws, with fewer of which the held-out episodes share truths with the training."""

Draws = NDArray[np.int64] | int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Episodes:
    """That every candidate plays.

    Attributes:
        draws: Numbers of truths; or how many, each with a truth by its seed.
        truth: ``posterior`` or ``nominal``.
    """

    draws: Draws
    seed: int
    truth: str

    @property
    def count(self) -> int:
        """E."""
        return self.draws if isinstance(self.draws, int) else len(self.draws)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Truths:
    """The draws of a world, divided by a seed.

    Attributes:
        training: Numbers of draws; None where the world numbers none.
        held_out: Others of them.
    """

    plan: Plan
    seed: int
    training: NDArray[np.int64] | None
    held_out: NDArray[np.int64] | None

    @classmethod
    def of(cls, world: World, plan: Plan, seed: int) -> Truths:
        """Divide the draws that are not reserved for reports: at most a third is held out."""
        count = None if plan.nominal else numbered(world)
        if count is None:
            return cls(plan=plan, seed=seed, training=None, held_out=None)
        left = np.setdiff1d(np.arange(count), reserved(count))
        order = np.random.default_rng([seed, SPLIT]).permutation(left)
        if count < FEWEST:
            return cls(plan=plan, seed=seed, training=order, held_out=order)
        cut = min(plan.held_out, len(left) // 3)
        return cls(plan=plan, seed=seed, training=order[cut:], held_out=order[:cut])

    def of_generation(self, generation: int) -> Episodes:
        """Common to all candidates of a generation."""
        which = generation if self.plan.resample else 0
        return self._episodes(self.training, [self.seed, TRAINING, which], self.plan.episodes)

    def of_choice(self) -> Episodes:
        """That the final policy is chosen on."""
        return self._episodes(self.held_out, [self.seed, HELD_OUT], self.plan.held_out)

    def _episodes(self, pool: NDArray[np.int64] | None, stream: list[int], count: int) -> Episodes:
        rng = np.random.default_rng(stream)
        seed = int(rng.integers(2**31))
        truth = TRUTHS[1] if self.plan.nominal else TRUTHS[0]
        if pool is None:
            return Episodes(draws=count, seed=seed, truth=truth)
        whole, rest = divmod(count, len(pool))
        draws = np.concatenate([np.tile(pool, whole), rng.permutation(pool)[:rest]])
        return Episodes(draws=draws, seed=seed, truth=truth)

    def facts(self) -> dict[str, Any]:
        """For the provenance."""
        if self.training is None or self.held_out is None:
            return {"held_out_truths": "by seeds that were not trained on"}
        if len(self.training) < FEWEST and np.array_equal(self.training, self.held_out):
            return {"held_out_truths": "the same few draws with other seeds"}
        return {"training_draws": len(self.training), "held_out_draws": len(self.held_out)}


def reserved(count: int) -> NDArray[np.int64]:
    """Numbers of the draws that no training sees, whatever its seed: a quarter of S.

    Reports play on these, all policies on the same ones. Of fewer than `FEWEST` draws none is kept
    back.
    """
    order = np.random.default_rng([0, SPLIT]).permutation(count)
    kept: NDArray[np.int64] = np.sort(order[: count // 4 if count >= FEWEST else 0])
    return kept


def numbered(world: World) -> int | None:
    """How many truths a world numbers, S; None when it has seeds alone.

    They are its ``draws``, or those of its ``truths``, ``posterior`` or ``prior``.
    """
    for place in (world, *(getattr(world, name, None) for name in HOLDERS)):
        draws = getattr(place, "draws", None)
        if draws is not None:
            return draws if isinstance(draws, int) else len(draws)
    return None
