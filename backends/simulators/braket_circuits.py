"""Our circuits written for Amazon Braket, at given angles.

Braket's qubit 0 is the leftmost bit: our qubit ``q`` of ``n`` is its qubit ``n - 1 - q``, so that
its states come in our order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backends.methods.circuit import Circuit, Gate
from backends.schema.experiment import FloatArray
from backends.simulators.noise import Channel, Noise

if TYPE_CHECKING:
    from braket.circuits import Circuit as BraketCircuit

NAMES = {"sdg": "si", "tdg": "ti", "sx": "v", "sxdg": "vi", "cx": "cnot", "rzz": "zz"}


def written(circuit: Circuit, noise: Noise, angles: FloatArray) -> BraketCircuit:
    """The circuit with noise after its gates, at angles of shape ``(T,)``."""
    from braket.circuits import Circuit as BraketCircuit

    target = BraketCircuit()
    for qubit in range(circuit.qubits):  # Braket leaves out qubits without a gate
        target.i(qubit)
    for gate in circuit.gates:
        _append(target, gate, circuit.qubits, angles)
        for channel in noise.after(gate):
            _append_channel(target, channel, circuit.qubits)
    return target


def _append(target: Any, gate: Gate, size: int, angles: FloatArray) -> None:
    angle = () if gate.angle is None else (float(angles[gate.angle]),)
    places = [size - 1 - qubit for qubit in gate.qubits]
    getattr(target, NAMES.get(gate.name, gate.name))(*places, *angle)


def _append_channel(target: Any, channel: Channel, size: int) -> None:
    places = [size - 1 - qubit for qubit in channel.qubits]
    if channel.name == "amplitude_damping":
        target.amplitude_damping(*places, gamma=channel.strength)
    elif len(places) == 1:
        target.depolarizing(*places, probability=channel.pauli_probability)
    else:
        target.two_qubit_depolarizing(*places, probability=channel.pauli_probability)
