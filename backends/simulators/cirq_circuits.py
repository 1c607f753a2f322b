"""Cirq circuits of an ansatz, with the angles left as symbols."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from backends.methods.ansatz import Ansatz
from backends.systems.pauli import PauliWord

if TYPE_CHECKING:
    from cirq import Circuit

KEY = "m"


def ansatz_circuit(ansatz: Ansatz) -> Circuit:
    """The trial state, with symbols ``theta_0`` to ``theta_{T-1}``."""
    import cirq
    import sympy

    qubits = line(ansatz.qubits)
    circuit = cirq.Circuit(cirq.I.on_each(*qubits))
    circuit.append(cirq.X(q) for i, q in enumerate(qubits) if ansatz.reference >> i & 1)
    for index, word in enumerate(ansatz.rotations):
        circuit.append(_rotate(qubits, word, sympy.Symbol(f"theta_{index}")))
    return circuit


def measured(circuit: Circuit, basis: PauliWord, qubits: int) -> Circuit:
    """A copy that measures every qubit in the basis of a Pauli word, the last qubit first."""
    import cirq

    places = line(qubits)
    copy: Circuit = circuit.copy()
    copy.append([*_to_z(places, basis), cirq.measure(*reversed(places), key=KEY)])
    return copy


def line(qubits: int) -> list[Any]:
    """Qubit ``q`` is the ``q``-th of a line."""
    import cirq

    return list(cirq.LineQubit.range(qubits))


def _rotate(qubits: list[Any], word: PauliWord, angle: Any) -> Iterator[Any]:
    """``exp(-i angle P / 2)``: collect the parity of the support on its last qubit and turn it."""
    import cirq

    support = [q for index, q in enumerate(qubits) if word.support >> index & 1]
    ladder = [cirq.CNOT(*pair) for pair in pairwise(support)]
    yield from _to_z(qubits, word)
    yield from ladder
    yield cirq.rz(angle)(support[-1])
    yield from reversed(ladder)
    yield from _from_z(qubits, word)


def _to_z(qubits: list[Any], word: PauliWord) -> Iterator[Any]:
    import cirq

    for index, qubit in enumerate(qubits):
        if word.letter(index) == "Y":
            yield (cirq.S**-1)(qubit)
        if word.letter(index) in "XY":
            yield cirq.H(qubit)


def _from_z(qubits: list[Any], word: PauliWord) -> Iterator[Any]:
    import cirq

    for index, qubit in enumerate(qubits):
        if word.letter(index) in "XY":
            yield cirq.H(qubit)
        if word.letter(index) == "Y":
            yield cirq.S(qubit)
