"""Our noise written for Aer: explicit channels after each gate."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from backends.methods.circuit import Circuit
from backends.simulators.circuits import parameters_of, write
from backends.simulators.noise import Channel, Noise

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def superoperators(circuit: Circuit, noise: Noise) -> QuantumCircuit:
    """All that follows a gate as one matrix: the cheapest for a density matrix."""
    return _written(circuit, noise, joined=True)


def errors(circuit: Circuit, noise: Noise) -> QuantumCircuit:
    """Each channel by itself, as Aer draws it on trajectories of state vectors."""
    return _written(circuit, noise, joined=False)


def readout(noise: Noise) -> Any:
    """A noise model of readout errors only."""
    from qiskit_aer.noise import NoiseModel, ReadoutError

    model, flip = NoiseModel(), noise.readout_error
    if flip:
        model.add_all_qubit_readout_error(ReadoutError([[1 - flip, flip], [flip, 1 - flip]]))
    return model


def _written(circuit: Circuit, noise: Noise, *, joined: bool) -> QuantumCircuit:
    from qiskit import QuantumCircuit

    target = QuantumCircuit(circuit.qubits, circuit.qubits)
    parameters = parameters_of(circuit)
    for gate in circuit.gates:
        write(target, gate, parameters)
        channels = tuple(noise.after(gate))
        if joined and channels:
            places = {qubit: index for index, qubit in enumerate(gate.qubits)}
            own = tuple(
                Channel(c.name, tuple(places[q] for q in c.qubits), c.strength) for c in channels
            )
            target.append(_superoperator(own, len(places)), gate.qubits)
        elif not joined:
            for channel in channels:
                error = _error(channel.name, len(channel.qubits), channel.strength)
                target.append(error.to_instruction(), channel.qubits)
    return target


@cache
def _error(name: str, qubits: int, strength: float) -> Any:
    from qiskit_aer.noise import amplitude_damping_error, depolarizing_error

    if name == "depolarizing":
        return depolarizing_error(strength, qubits)
    return amplitude_damping_error(strength)


@cache
def _superoperator(channels: tuple[Channel, ...], qubits: int) -> Any:
    from qiskit.circuit import Instruction
    from qiskit.quantum_info import SuperOp

    total = SuperOp(np.eye(4**qubits))
    for channel in channels:
        error = _error(channel.name, len(channel.qubits), channel.strength)
        total = total.compose(SuperOp(error), qargs=list(channel.qubits))
    return Instruction("superop", qubits, 0, [total.data])
