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

    target = QuantumCircuit(circuit.qubits, circuit.qubits)
    parameters = parameters_of(circuit)
    for gate in circuit.gates:
        write(target, gate, parameters)
    return target


def parameters_of(circuit: Circuit) -> dict[int, Any]:
    """Qiskit's parameter of each column of angles that occurs."""
    from qiskit.circuit import Parameter

    used = sorted({gate.angle for gate in circuit.gates if gate.angle is not None})
    return {column: Parameter(f"theta_{column}") for column in used}


def write(target: QuantumCircuit, gate: Gate, parameters: dict[int, Any]) -> None:
    """Append a gate."""
    angle = () if gate.angle is None else (parameters[gate.angle],)
    getattr(target, gate.name)(*angle, *gate.qubits)


def measured(circuit: QuantumCircuit, basis: PauliWord) -> QuantumCircuit:
    """A copy that measures every qubit ``q`` into bit ``q``, in the basis of a Pauli word."""
    copy = circuit.copy()
    for gate in to_z(basis):
        write(copy, gate, {})
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
