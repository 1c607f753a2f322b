"""Writing a compiled circuit anew: gates, inverses and Paulis, with their angles."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from backends.methods.circuit import Circuit, Gate
from backends.mitigation.gates import INVERSES, OWN_INVERSE
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliWord


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compilation:
    """A compiled circuit at the angles of ``R`` points.

    Attributes:
        angles: Shape ``(R, G)``.
        places: Which of its qubits each bit is read from.
        basis: What is measured; the simulator makes the turn into Z.
    """

    circuit: Circuit
    angles: FloatArray
    places: tuple[int, ...]
    basis: PauliWord

    @property
    def two_qubit_gates(self) -> int:
        return self.circuit.two_qubit_gates


class Tape:
    """Gates that are written one after the other for an existing table of angles."""

    def __init__(self, source: Compilation) -> None:
        self._source = source
        self._gates: list[Gate] = []
        self._columns: list[FloatArray] = list(source.angles.T)
        self._negated: dict[int, int] = {}
        self._constants: dict[float, int] = {}

    def write(self, *gates: Gate) -> None:
        """Gates of the source, with its columns."""
        self._gates += gates

    def undo(self, gate: Gate) -> None:
        """The inverse of a gate, in gates that the device has too, so that each carries noise."""
        if gate.angle is not None:
            self._gates.append(Gate(gate.name, gate.qubits, self._negative(gate.angle)))
        elif gate.name == "sx":  # devices that have sx have no inverse of it
            self.turn(math.pi, gate.qubits[0])
            self._gates.append(gate)
            self.turn(-math.pi, gate.qubits[0])
        elif gate.name in OWN_INVERSE:
            self._gates.append(gate)
        else:
            self._gates.append(Gate(INVERSES[gate.name], gate.qubits))

    def pauli(self, letter: str, qubit: int) -> None:
        """A Pauli gate, up to a phase; Z and the Z of Y = XZ are turns, which devices do freely."""
        if letter in "XY":
            self._gates.append(Gate("x", (qubit,)))
        if letter in "YZ":
            self.turn(math.pi, qubit)

    def turn(self, angle: float, qubit: int) -> None:
        """A rotation about Z by a fixed angle."""
        if angle not in self._constants:
            self._constants[angle] = len(self._columns)
            self._columns.append(np.full(len(self._source.angles), angle))
        self._gates.append(Gate("rz", (qubit,), self._constants[angle]))

    def finished(self) -> Compilation:
        """What was written, read from the same qubits."""
        rows = len(self._source.angles)
        angles = np.array(self._columns).reshape(len(self._columns), rows).T
        circuit = Circuit(self._source.circuit.qubits, tuple(self._gates), len(self._columns))
        return replace(self._source, circuit=circuit, angles=angles)

    def _negative(self, column: int) -> int:
        if column not in self._negated:
            self._negated[column] = len(self._columns)
            self._columns.append(-self._columns[column])
        return self._negated[column]
