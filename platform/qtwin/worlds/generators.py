"""Random numbers of environments that step together: each has a generator of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from gymnasium.utils import seeding

Seeds: TypeAlias = int | Sequence[int | None] | None


def seeded(
    generators: Sequence[np.random.Generator], seeds: Seeds, count: int
) -> list[np.random.Generator]:
    """The generators after a ``reset``, of which there are ``count``.

    Args:
        generators: Those before; empty at the first ``reset``.
        seeds: Of environment 0, the others having those that follow; or one for each. None goes on
            with the numbers that were being drawn.

    Raises:
        ValueError: There are not as many seeds as environments.
    """
    if isinstance(seeds, int | np.integer):
        each: list[int | None] = [int(seeds) + row for row in range(count)]
    else:
        each = [None] * count if seeds is None else list(seeds)
    if len(each) != count:
        raise ValueError(f"{len(each)} seeds; allowed: {count}, one for each environment")
    before: Sequence[np.random.Generator | None] = generators or [None] * count
    return [
        old if old is not None and one is None else seeding.np_random(one)[0]
        for old, one in zip(before, each, strict=True)
    ]
