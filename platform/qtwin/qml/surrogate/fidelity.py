"""The correlation of states: three qubits for each control, turned by 1, 2 and 4 times it.

The map is ``Π_q RY(2^q c x_d / l_d)``. The fidelity of two of its states is a product over controls
of ``Π_q cos²(2^q a) = (sin(2^n a) / (2^n sin a))²`` with ``a = c δ / 2l``, Fejér's kernel. The
factor c makes its curvature at 0 that of ``exp(-r²/2)``, so that lengths mean what they mean
elsewhere. The states are product states: a fit evaluates them in closed form, as any computer can.
Shapes: ``D`` controls, ``B`` points.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.qml.circuit import Circuit
from qtwin.qml.feature_map import Angle, FeatureMap
from qtwin.qml.gate import Gate

QUBITS: Final = 3
"""Of each control."""
TURN: Final = float(np.sqrt(6.0 / (4.0**QUBITS - 1.0)))
"""c."""


class Fidelity:
    """Implements `Correlation` of the ladder."""

    def value(self, inverse2: FloatArray, squares: FloatArray) -> FloatArray:
        """The product over controls, shape ``(…)``."""
        return np.asarray(np.prod([_fejer(a) for a in _halves(inverse2, squares)], axis=0))

    def pulls(self, weight: FloatArray, inverse2: FloatArray, squares: FloatArray) -> list[float]:
        """``Σ w dk/d log l``: as ``da/d log l = -a``, each is ``k Σ_q 2^(q+1) a tan(2^q a)``."""
        halves = _halves(inverse2, squares)
        each = [_fejer(a) for a in halves]
        found = []
        for d, a in enumerate(halves):
            others = np.prod([k for i, k in enumerate(each) if i != d], axis=0)
            found.append(float(np.vdot(weight, _slope(a) * others)))
        return found


FIDELITY = Fidelity()


def states_map(lengths: FloatArray) -> FeatureMap:
    """The circuit whose states these are, for controls in the unit cube; lengths ``(D,)``.

    Raises:
        ValueError: There are more controls than circuits of this package have qubits for.
    """
    angles = tuple(
        Angle(features=(d,), factor=float(2**q * TURN / length))
        for d, length in enumerate(lengths)
        for q in range(QUBITS)
    )
    gates = tuple(Gate(name="ry", on=(k,), slot=k) for k in range(len(angles)))
    circuit = Circuit(qubits=len(angles), gates=gates, angles=len(angles))
    return FeatureMap(features=len(lengths), circuit=circuit, angles=angles)


def _halves(inverse2: FloatArray, squares: FloatArray) -> list[FloatArray]:
    """``a`` of each control."""
    return [
        np.asarray(0.5 * TURN * np.sqrt(inverse * square))
        for inverse, square in zip(inverse2, squares, strict=True)
    ]


def _fejer(a: FloatArray) -> FloatArray:
    return np.asarray(np.prod([np.cos(2**q * a) ** 2 for q in range(QUBITS)], axis=0))


def _slope(a: FloatArray) -> FloatArray:
    """``dk/d log l`` without dividing by a cosine that may be 0."""
    total = np.zeros_like(a)
    for q in range(QUBITS):
        rest = [np.cos(2**p * a) ** 2 for p in range(QUBITS) if p != q]
        total += 2**q * a * np.sin(2 * 2**q * a) * np.prod(rest, axis=0)
    return total
