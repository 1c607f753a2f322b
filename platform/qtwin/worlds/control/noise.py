"""Random numbers that each environment has of its own, drawn for all of them at once.

Counter-based: number ``j`` of a key is SplitMix64's mixing of ``key + j * golden ratio`` (Steele,
Lea and Flood, OOPSLA 2014). What an environment draws does not depend on which others there are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray

Keys = NDArray[np.uint64]
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


class Keyed:
    """Draws arrays whose first axis is over keys, as a NumPy generator draws them.

    It has the methods of `numpy.random.Generator` that `backends.dynamics` calls.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._drawn = 0

    def random(self, shape: tuple[int, ...]) -> FloatArray:
        """Uniform in [0, 1), the first axis as long as there are keys."""
        width = int(np.prod(shape[1:]))
        counters = np.arange(self._drawn + 1, self._drawn + width + 1, dtype=np.uint64)
        self._drawn += width
        words = mixed(self._keys[:, None] + counters * GOLDEN)
        top = (words >> np.uint64(11)).astype(np.float64)
        uniform: FloatArray = (top * 2.0**-53).reshape(shape)
        return uniform

    def standard_normal(self, shape: tuple[int, ...]) -> FloatArray:
        """By the method of Box and Muller."""
        radius = np.sqrt(-2 * np.log1p(-self.random(shape)))
        normal: FloatArray = radius * np.cos(2 * np.pi * self.random(shape))
        return normal


def mixed(words: Keys) -> Keys:
    """Each word turned into another, of which every bit depends on all of its bits."""
    words = (words ^ (words >> np.uint64(30))) * FIRST
    words = (words ^ (words >> np.uint64(27))) * SECOND
    found: Keys = words ^ (words >> np.uint64(31))
    return found


def spread(keys: Keys, count: int) -> Keys:
    """Keys of ``count`` parts of each, shape ``(B * count,)``, those of one key together."""
    parts = mixed(np.arange(1, count + 1, dtype=np.uint64) * SECOND)
    found: Keys = mixed(keys[:, None] ^ parts).reshape(-1)
    return found
