"""Qiskit circuits of an ansatz, with the angles left as parameters."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from backends.methods.ansatz import Ansatz
from backends.systems.pauli import PauliWord

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import Parameter


def ansatz_circuit(ansatz: Ansatz) -> QuantumCircuit:
    """The trial state, with parameters ``theta_0`` to ``theta_{T-1}``."""
    from qiskit import QuantumCircuit
    from qiskit.circuit import Parameter

    circuit = QuantumCircuit(ansatz.qubits, ansatz.qubits)
    for qubit in range(ansatz.qubits):
        if ansatz.reference >> qubit & 1:
            circuit.x(qubit)
    for index, word in enumerate(ansatz.rotations):
        _rotate(circuit, word, Parameter(f"theta_{index}"))
    return circuit


def measured(circuit: QuantumCircuit, basis: PauliWord) -> QuantumCircuit:
    """A copy that measures every qubit ``q`` into bit ``q``, in the basis of a Pauli word."""
    copy = circuit.copy()
    _to_z(copy, basis)
    copy.measure(range(copy.num_qubits), range(copy.num_qubits))
    return copy


def _rotate(circuit: QuantumCircuit, word: PauliWord, angle: Parameter) -> None:
    """``exp(-i angle P / 2)``: collect the parity of the support on its last qubit and turn it."""
    support = [q for q in range(circuit.num_qubits) if word.support >> q & 1]
    pairs = list(pairwise(support))
    _to_z(circuit, word)
    for pair in pairs:
        circuit.cx(*pair)
    circuit.rz(angle, support[-1])
    for pair in reversed(pairs):
        circuit.cx(*pair)
    _from_z(circuit, word)


def _to_z(circuit: QuantumCircuit, word: PauliWord) -> None:
    for qubit in range(circuit.num_qubits):
        if word.letter(qubit) == "Y":
            circuit.sdg(qubit)
        if word.letter(qubit) in "XY":
            circuit.h(qubit)


def _from_z(circuit: QuantumCircuit, word: PauliWord) -> None:
    for qubit in range(circuit.num_qubits):
        if word.letter(qubit) in "XY":
            circuit.h(qubit)
        if word.letter(qubit) == "Y":
            circuit.s(qubit)
