"""The circuit: data enter again before every layer of trained rotations.

Each layer rotates qubit k by ``RY(x_k)`` (data re-uploading, Pérez-Salinas et al., Quantum 4, 226,
2020), then each qubit by ``RY`` and ``RZ`` of their own angles, then entangles a ring by CZ. After
the last one each qubit has another ``RY``. Every trained angle turns one gate, so that the
parameter-shift rule is exact. ``D`` features are as many qubits; ``P`` trained angles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.qml.circuit import Circuit
from qtwin.qml.gate import Gate

MOST_LAYERS = 10
MOST_FEATURES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Ansatz:
    """The circuit of some data; its angles are the features, then the trained angles.

    Attributes:
        features: D.
        parameters: P.
        circuit: On D qubits, with D + P angles.
    """

    features: int
    parameters: int
    circuit: Circuit

    def start(self, rng: np.random.Generator) -> FloatArray:
        """Small random angles, shape ``(P,)``."""
        return np.asarray(rng.normal(scale=0.3, size=self.parameters))

    def angles(self, x: FloatArray, theta: FloatArray) -> FloatArray:
        """Of all points ``(B, D)`` with all sets ``(K, P)``; shape ``(B * K, D + P)``."""
        return np.hstack([np.repeat(x, len(theta), axis=0), np.tile(theta, (len(x), 1))])


def ansatz(features: int, *, layers: int = 2) -> Ansatz:
    """Make the circuit.

    Raises:
        ValueError: There are too few or too many features or layers.
    """
    if not 1 <= features <= MOST_FEATURES:
        raise ValueError(f"features is {features}; allowed: 1 to {MOST_FEATURES}")
    if not 1 <= layers <= MOST_LAYERS:
        raise ValueError(f"layers is {layers}; allowed: 1 to {MOST_LAYERS}")
    qubits, gates, slot = range(features), [], features
    for _ in range(layers):
        gates += [Gate(name="ry", on=(k,), slot=k) for k in qubits]
        for name in ("ry", "rz"):
            gates += [Gate(name=name, on=(k,), slot=slot + k) for k in qubits]
            slot += features
        gates += [Gate(name="cz", on=pair) for pair in _ring(features)]
    gates += [Gate(name="ry", on=(k,), slot=slot + k) for k in qubits]
    angles = slot + features
    return Ansatz(
        features=features,
        parameters=angles - features,
        circuit=Circuit(qubits=features, gates=tuple(gates), angles=angles),
    )


def _ring(qubits: int) -> list[tuple[int, int]]:
    """Neighbours; two qubits are so once."""
    pairs = [(k, k + 1) for k in range(qubits - 1)]
    return [*pairs, (qubits - 1, 0)] if qubits > 2 else pairs
