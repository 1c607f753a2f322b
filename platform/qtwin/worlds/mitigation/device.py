"""Devices as episodes meet them: what they damp, and how far their circuits differ.

At noise gain G a device shows ``m + c exp(-G gamma) (f - m)`` of a value f with the mixed value m,
the channel of the twin. Each circuit of equal meaning (a twirl) errs by its own amount, with a
standard deviation that grows with the gain; a measurement averages over its circuits and shots:

``y = m + c exp(-G gamma) (f - m) + G s e_1 / sqrt(K) + d e_2 / sqrt(N)``

with K circuits, N shots, one-shot deviation d, spread s, and normal e. ``B`` devices.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.worlds.posterior import Posterior

PARAMETERS = ("value", "mixed_value", "scale", "rate", "circuit_spread", "deviation")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Devices:
    """Truths of episodes, each shape ``(B,)``.

    Attributes:
        value: f, what is wanted.
        mixed_value: m.
        scale: c.
        rate: gamma, per unit of gain.
        circuit_spread: s.
        deviation: d.
    """

    value: FloatArray
    mixed_value: FloatArray
    scale: FloatArray
    rate: FloatArray
    circuit_spread: FloatArray
    deviation: FloatArray

    @classmethod
    def of(cls, rows: FloatArray, names: tuple[str, ...]) -> Devices:
        """From draws of a posterior, shape ``(B, K)``."""
        return cls(**{name: rows[:, names.index(name)].copy() for name in PARAMETERS})

    @classmethod
    def empty(cls, count: int) -> Devices:
        """Devices to be put in place later."""
        return cls(**{name: np.zeros(count) for name in PARAMETERS})

    def put(self, rows: IntArray, others: Devices) -> None:
        """Replace the devices at ``rows``."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(others, field.name)

    def shown(self, gain: FloatArray) -> FloatArray:
        """What they show on average at a gain each, shape ``(B,)``."""
        damped = self.scale * np.exp(-gain * self.rate)
        shown: FloatArray = self.mixed_value + damped * (self.value - self.mixed_value)
        return shown

    def variance(self, gain: FloatArray, shots: FloatArray, circuits: FloatArray) -> FloatArray:
        """Of one measurement, shape ``(B,)``."""
        spread = (gain * self.circuit_spread) ** 2 / circuits
        variance: FloatArray = spread + self.deviation**2 / shots
        return variance


def check(posterior: Posterior) -> None:
    """Refuse a posterior that describes no device.

    Raises:
        ValueError: A parameter is missing, or has values that no device has.
    """
    missing = [name for name in PARAMETERS if name not in posterior.names]
    if missing:
        raise ValueError(f"parameter {missing[0]!r} is missing; allowed: {', '.join(PARAMETERS)}")
    for name, low in (("scale", 0.0), ("rate", 0.0), ("circuit_spread", 0.0), ("deviation", 0.0)):
        least = min(posterior.column(name).min(), posterior.nominal[posterior.names.index(name)])
        if least < low:
            raise ValueError(f"{name} goes down to {least:g}; allowed: {low:g} and more")
    if posterior.column("deviation").min() <= 0.0:
        raise ValueError("deviation goes down to 0; allowed: more than 0")
