"""Statistics of readings that machines learn from, by basis. ``R`` readings of ``n`` bits."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.qml.bits import Bits
from qtwin.qml.distribution import normalised, overlap
from qtwin.qml.phases.readings import Readings


def site_means(readings: Readings) -> FloatArray:
    """The mean spin of each site in each basis."""
    return np.hstack([bits.shares @ bits.spins() for bits in readings.bits.values()])


def correlations(readings: Readings) -> FloatArray:
    """Mean spins, and the mean product of the spins of each pair."""
    pairs = [bits.shares @ _pairs(bits) for bits in readings.bits.values()]
    return np.hstack([site_means(readings), *pairs])


def orders(readings: Readings) -> FloatArray:
    """The mean magnetisation and the mean of its square, in each basis: two columns each."""
    columns = []
    for bits in readings.bits.values():
        spin = bits.spins().mean(axis=1)
        columns += [bits.shares @ spin, bits.shares @ spin**2]
    return np.stack(columns, axis=1)


def overlaps(readings: Readings) -> FloatArray:
    """The mean over bases of the normalised overlaps of all readings, shape ``(R, R)``."""
    kernels = [normalised(overlap(bits).values) for bits in readings.bits.values()]
    return np.asarray(np.mean(kernels, axis=0))


def _pairs(bits: Bits) -> FloatArray:
    """Products of spins of each outcome, shape ``(U, n (n - 1) / 2)``."""
    spins = bits.spins()
    products = [spins[:, i] * spins[:, j] for i, j in combinations(range(spins.shape[1]), 2)]
    return np.stack(products, axis=1) if products else np.zeros((len(spins), 0))
