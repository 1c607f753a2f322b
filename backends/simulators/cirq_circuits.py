"""Our circuits written for Cirq, with the angles left as symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backends.methods.circuit import Circuit, Gate, to_z
from backends.systems.pauli import PauliWord

if TYPE_CHECKING:
    import cirq

KEY = "m"


def written(circuit: Circuit) -> cirq.Circuit:
    """The circuit, with symbols ``theta_0`` to ``theta_{T-1}``."""
    import cirq

    places = line(circuit.qubits)
    gates = (_operation(gate, places) for gate in circuit.gates)
    made: cirq.Circuit = cirq.Circuit(cirq.I.on_each(*places), gates)
    return made


def measured(circuit: cirq.Circuit, basis: PauliWord, qubits: int) -> cirq.Circuit:
    """A copy that measures every qubit in the basis of a Pauli word, the last qubit first."""
    import cirq

    places = line(qubits)
    turns = [_operation(gate, places) for gate in to_z(basis)]
    made: cirq.Circuit = circuit + cirq.Circuit(turns, cirq.measure(*reversed(places), key=KEY))
    return made


def line(qubits: int) -> list[Any]:
    """Qubit ``q`` is the ``q``-th of a line."""
    import cirq

    return list(cirq.LineQubit.range(qubits))


def _operation(gate: Gate, places: list[Any]) -> Any:
    return _gate(gate)(*(places[qubit] for qubit in gate.qubits))


def _gate(gate: Gate) -> Any:
    import cirq
    import sympy

    if gate.angle is not None:
        symbol = sympy.Symbol(f"theta_{gate.angle}")
        if gate.name == "rzz":  # ZZ**t = exp(-i pi t ZZ / 2) up to a phase
            return cirq.ZZPowGate(exponent=symbol / sympy.pi, global_shift=-0.5)
        return getattr(cirq, gate.name)(symbol)
    roots = {"sdg": cirq.S**-1, "tdg": cirq.T**-1, "sx": cirq.X**0.5, "sxdg": cirq.X**-0.5}
    names = {"cx": "CNOT"}
    return roots.get(gate.name) or getattr(cirq, names.get(gate.name, gate.name.upper()))
