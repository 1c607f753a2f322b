"""Feature maps: how data enters a circuit.

``angle``: one rotation per feature, ``RY(x_k)`` on qubit k. Its fidelity kernel is
``Π_k cos²((x_k - y_k) / 2)``.
``zz``: the second-order Pauli-Z evolution of Havlíček et al. (Nature 567, 209, 2019): layers of
Hadamards, ``RZ(2 x_k)`` and ``RZZ(2 (π - x_k)(π - x_l))`` for all pairs.
``B`` points of ``D`` features, ``A`` angles.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import pi

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.qml.circuit import Circuit, ComplexArray
from qtwin.qml.gate import Gate

KINDS = ("angle", "zz")
MOST_LAYERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Angle:
    """An angle of a map as a function of one feature, or of a pair.

    ``factor * x_k``, or ``2 (π - x_k)(π - x_l)``.
    """

    features: tuple[int, ...]
    factor: float = 1.0

    def of(self, x: FloatArray) -> FloatArray:
        """Values at points of shape ``(B, D)``; shape ``(B,)``."""
        if len(self.features) == 1:
            return np.asarray(self.factor * x[:, self.features[0]])
        first, second = self.features
        return np.asarray(self.factor * (pi - x[:, first]) * (pi - x[:, second]))

    def text(self, names: list[str]) -> str:
        """The same in OpenQASM, with the names of the features."""
        if len(self.features) == 1:
            return f"{self.factor} * {names[self.features[0]]}"
        first, second = (names[k] for k in self.features)
        return f"{self.factor} * (pi - {first}) * (pi - {second})"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureMap:
    """A circuit with the angles that points give it.

    Attributes:
        features: D.
        circuit: With A angles.
        angles: How each follows from a point, length A.
    """

    features: int
    circuit: Circuit
    angles: tuple[Angle, ...]

    def values(self, x: FloatArray) -> FloatArray:
        """Angles at points of shape ``(B, D)``; shape ``(B, A)``.

        Raises:
            ValueError: The points have another shape, or are not finite.
        """
        if x.ndim != 2 or x.shape[1] != self.features or not np.isfinite(x).all():
            raise ValueError(
                f"x has shape {x.shape}, or is not finite; allowed: (B, {self.features})"
            )
        return np.stack([angle.of(x) for angle in self.angles], axis=1)

    def states(self, x: FloatArray) -> ComplexArray:
        """States of points of shape ``(B, D)``; shape ``(B, 2**n)``."""
        return self.circuit.states(self.values(x))


def feature_map(kind: str, features: int, *, layers: int = 1) -> FeatureMap:
    """Make a map with a qubit for each feature; further layers repeat it.

    Raises:
        ValueError: Names what is wrong, and what is allowed.
    """
    if kind not in KINDS:
        raise ValueError(f"feature map {kind!r}; allowed: {', '.join(KINDS)}")
    if not 1 <= layers <= MOST_LAYERS:
        raise ValueError(f"layers is {layers}; allowed: 1 to {MOST_LAYERS}")
    angles = [Angle(features=(k,), factor=1.0 if kind == "angle" else 2.0) for k in range(features)]
    layer = [Gate(name="ry", on=(k,), slot=k) for k in range(features)]
    if kind == "zz":
        layer = [Gate(name="h", on=(k,)) for k in range(features)]
        layer += [Gate(name="rz", on=(k,), slot=k) for k in range(features)]
        for pair in combinations(range(features), 2):
            layer.append(Gate(name="rzz", on=pair, slot=len(angles)))
            angles.append(Angle(features=pair, factor=2.0))
    circuit = Circuit(qubits=features, gates=tuple(layer * layers), angles=len(angles))
    return FeatureMap(features=features, circuit=circuit, angles=tuple(angles))
