"""Our circuits written for Qiskit, with the angles left as parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backends.methods.circuit import Circuit, Gate, to_z
from backends.systems.pauli import PauliWord

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def written(circuit: Circuit) -> QuantumCircuit:
    """The circuit, with parameters ``theta_0`` to ``theta_{T-1}`` (those that occur)."""
    from qiskit import QuantumCircuit
    from qiskit.circuit import Parameter

    target = QuantumCircuit(circuit.qubits, circuit.qubits)
    used = sorted({gate.angle for gate in circuit.gates if gate.angle is not None})
    parameters = {column: Parameter(f"theta_{column}") for column in used}
    for gate in circuit.gates:
        _append(target, gate, parameters)
    return target


def measured(circuit: QuantumCircuit, basis: PauliWord) -> QuantumCircuit:
    """A copy that measures every qubit ``q`` into bit ``q``, in the basis of a Pauli word."""
    copy = circuit.copy()
    for gate in to_z(basis):
        _append(copy, gate, {})
    copy.measure(range(copy.num_qubits), range(copy.num_qubits))
    return copy


def read(circuit: QuantumCircuit, places: tuple[int, ...]) -> QuantumCircuit:
    """A copy that measures qubit ``places[bit]`` into each bit."""
    from qiskit import QuantumCircuit

    copy = QuantumCircuit(circuit.num_qubits, len(places))
    for instruction in circuit.data:
        copy.append(instruction)
    copy.measure(places, range(len(places)))
    return copy


def _append(target: QuantumCircuit, gate: Gate, parameters: dict[int, Any]) -> None:
    angle = () if gate.angle is None else (parameters[gate.angle],)
    getattr(target, gate.name)(*angle, *gate.qubits)
