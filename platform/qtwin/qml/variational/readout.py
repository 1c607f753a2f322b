"""What the circuit says of points: the mean of Z over its qubits, exact or from shots.

``B`` points, ``K`` sets of trained angles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.qml.variational.ansatz import Ansatz

AT_ONCE = 1 << 19
"""Most amplitudes that are held at once."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Readout:
    """Mean spins, and their statistical variance (0 if exact), both of shape ``(B, K)``."""

    value: FloatArray
    variance: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reader:
    """How circuits are read.

    Attributes:
        shots: Of each circuit, 2 or more; None for the exact limit.
        rng: Where shots come from.
    """

    shots: int | None
    rng: np.random.Generator

    def __post_init__(self) -> None:
        if self.shots is not None and self.shots < 2:
            raise ValueError(f"shots is {self.shots}; allowed: 2 or more, or None for no noise")

    def read(self, ansatz: Ansatz, x: FloatArray, theta: FloatArray) -> Readout:
        """At points ``(B, D)`` with angles ``(K, P)``."""
        angles = ansatz.angles(x, theta)
        step = max(1, AT_ONCE >> ansatz.circuit.qubits)
        parts = [
            self._part(ansatz, angles[start : start + step])
            for start in range(0, len(angles), step)
        ]
        value, variance = (np.concatenate(column) for column in zip(*parts, strict=True))
        shape = (len(x), len(theta))
        return Readout(value=value.reshape(shape), variance=variance.reshape(shape))

    def _part(self, ansatz: Ansatz, angles: FloatArray) -> tuple[FloatArray, FloatArray]:
        chance = np.abs(ansatz.circuit.states(angles)) ** 2
        chance /= chance.sum(axis=1, keepdims=True)
        spins = mean_spins(ansatz.circuit.qubits)
        if self.shots is None:
            return chance @ spins, np.zeros(len(angles))
        share = self.rng.multinomial(self.shots, chance) / self.shots
        mean = share @ spins
        spread = np.maximum(share @ spins**2 - mean**2, 0.0)
        return mean, spread / (self.shots - 1)


def mean_spins(qubits: int) -> FloatArray:
    """The mean of ±1 over the bits of each outcome, shape ``(2**n,)``."""
    index = np.arange(2**qubits)
    ones = sum(((index >> qubit) & 1 for qubit in range(qubits)), np.zeros_like(index))
    return np.asarray(1.0 - 2.0 * ones / qubits)
