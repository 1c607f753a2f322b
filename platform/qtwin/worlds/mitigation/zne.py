"""What is done without a twin: zero-noise extrapolation with equal shots at each gain."""

from __future__ import annotations

import numpy as np

from backends.mitigation.extrapolation import EXPONENTIAL, coefficients, exponential
from qtwin.fusion.base import FloatArray
from qtwin.worlds.mitigation.device import Devices
from qtwin.worlds.mitigation.world import MitigationWorld


def cost_of(world: MitigationWorld, shots: int, circuits: int) -> float:
    """Of so many shots in so many circuits at each gain of a world."""
    each = world.prices.cost(
        np.array(world.gains),
        np.full(len(world.gains), float(shots)),
        np.full(len(world.gains), float(circuits)),
    )
    return float(each.sum())


def extrapolated(
    world: MitigationWorld,
    devices: Devices,
    *,
    kind: str,
    shots: int,
    circuits: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Answers for B devices, shape ``(B,)``.

    Args:
        kind: One of `backends.mitigation.extrapolation.KINDS`; the exponential is about the mixed
            value.
        shots: At each gain.
        circuits: At each gain.
    """
    gains, count = np.array(world.gains), len(devices.value)
    seen, variances = np.empty((count, len(gains))), np.empty((count, len(gains)))
    for column, gain in enumerate(gains):
        same = np.full(count, gain)
        variances[:, column] = devices.variance(same, np.array(shots), np.array(circuits))
        noise = np.sqrt(variances[:, column]) * rng.standard_normal(count)
        seen[:, column] = devices.shown(same) + noise
    if kind != EXPONENTIAL:
        answers: FloatArray = seen @ coefficients(kind, gains)
        return answers
    mixed = devices.mixed_value
    amplitude, _ = exponential(gains, seen - mixed[:, None], variances)
    return mixed + amplitude
