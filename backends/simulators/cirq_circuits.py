"""Our circuits written for Cirq, with the angles left as symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backends.methods.circuit import Circuit, Gate, to_z
from backends.schema.experiment import FloatArray
from backends.simulators.noise import IDEAL, Channel, Noise
from backends.systems.pauli import PauliWord

if TYPE_CHECKING:
    import cirq

KEY = "m"


def written(circuit: Circuit, noise: Noise = IDEAL) -> cirq.Circuit:
    """The circuit with noise after its gates, with symbols ``theta_0`` to ``theta_{T-1}``."""
    import cirq

    places = line(circuit.qubits)
    operations = [cirq.I.on_each(*places)]
    for gate in circuit.gates:
        operations.append(_operation(gate, places))
        operations += [_channel(channel, places) for channel in noise.after(gate)]
    made: cirq.Circuit = cirq.Circuit(operations)
    return made


def resolvers(angles: FloatArray) -> list[Any]:
    """Values of the symbols in each row of angles of shape ``(R, T)``."""
    import cirq

    return [
        cirq.ParamResolver({f"theta_{k}": float(angle) for k, angle in enumerate(row)})
        for row in angles
    ]


def measured(circuit: cirq.Circuit, basis: PauliWord, qubits: int) -> cirq.Circuit:
    """A copy that measures every qubit in the basis of a Pauli word, the last qubit first."""
    import cirq

    places = line(qubits)
    turns = [_operation(gate, places) for gate in to_z(basis)]
    made: cirq.Circuit = circuit + cirq.Circuit(turns, cirq.measure(*reversed(places), key=KEY))
    return made


def histogram(seen: Any, qubits: int) -> dict[str, int]:
    """Counts of a run of `measured`, qubit 0 rightmost."""
    counts = seen.histogram(key=KEY)
    return {f"{outcome:0{qubits}b}": int(counts[outcome]) for outcome in sorted(counts)}


def line(qubits: int) -> list[Any]:
    """Qubit ``q`` is the ``q``-th of a line."""
    import cirq

    return list(cirq.LineQubit.range(qubits))


def _operation(gate: Gate, places: list[Any]) -> Any:
    return _gate(gate)(*(places[qubit] for qubit in gate.qubits))


def _channel(channel: Channel, places: list[Any]) -> Any:
    import cirq

    if channel.name == "depolarizing":
        size = len(channel.qubits)
        made: Any = cirq.depolarize(channel.pauli_probability, n_qubits=size)
    else:
        made = cirq.amplitude_damp(channel.strength)
    return made(*(places[qubit] for qubit in channel.qubits))


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
