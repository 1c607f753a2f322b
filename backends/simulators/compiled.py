"""A measured circuit in the gates that a simulator executes, with nothing left to optimise.

Error mitigation works on these: it repeats, inserts and turns gates that are really run. Shapes use
``R`` for points, ``T`` for the angles of the circuit that was compiled and ``G`` for those of what
came out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backends.methods.circuit import Circuit, Gate
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliWord

Z_EVERYWHERE = PauliWord(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compiled:
    """A circuit that ends in a measurement of the qubits ``places``.

    Attributes:
        circuit: On the device's own qubits.
        places: Which of its qubits each bit is read from.
        offsets: Shape ``(G,)``.
        slopes: Shape ``(G, T)``.
        basis: What is measured, where the turn into Z is not among the gates but left to the
            simulator.
    """

    circuit: Circuit
    places: tuple[int, ...]
    offsets: FloatArray
    slopes: FloatArray
    basis: PauliWord = Z_EVERYWHERE

    def angles(self, given: FloatArray) -> FloatArray:
        """Angles of the compiled circuit, shape ``(R, G)``, for those of the original."""
        turned: FloatArray = self.offsets + given @ self.slopes.T
        return turned


def as_written(circuit: Circuit, basis: PauliWord) -> Compiled:
    """The circuit itself, for simulators that run every gate."""
    return Compiled(
        circuit=circuit,
        places=tuple(range(circuit.qubits)),
        offsets=np.zeros(circuit.angles),
        slopes=np.eye(circuit.angles),
        basis=basis,
    )


class Spread:
    """Collects gates, each turned one with a column of its own for an affine angle."""

    def __init__(self, angles: int) -> None:
        self._gates: list[Gate] = []
        self._offsets: list[float] = []
        self._slopes: list[FloatArray] = []
        self._angles = angles

    def add(self, name: str, qubits: tuple[int, ...]) -> None:
        self._gates.append(Gate(name, qubits))

    def turn(
        self, name: str, qubits: tuple[int, ...], offset: float, slopes: dict[int, float]
    ) -> None:
        """A gate whose angle is the offset and the slopes times the original angles."""
        row = np.zeros(self._angles)
        row[list(slopes)] = list(slopes.values())
        self._gates.append(Gate(name, qubits, len(self._offsets)))
        self._offsets.append(offset)
        self._slopes.append(row)

    def compiled(self, qubits: int, places: tuple[int, ...]) -> Compiled:
        return Compiled(
            circuit=Circuit(qubits, tuple(self._gates), len(self._offsets)),
            places=places,
            offsets=np.array(self._offsets),
            slopes=np.array(self._slopes).reshape(len(self._offsets), self._angles),
        )
