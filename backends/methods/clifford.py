"""Circuits whose rotations are whole quarter turns, as Clifford gates."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backends.errors import ProgramRejected
from backends.methods.circuit import CLIFFORD, Circuit, Gate
from backends.schema.experiment import FloatArray

QUARTERS = {"rz": ("s", "z", "sdg"), "rx": ("sx", "x", "sxdg")}
TOLERANCE = 1e-9


def quarter_turns(circuit: Circuit, angles: FloatArray) -> Circuit:
    """The circuit at angles of shape ``(T,)`` in Clifford gates only, up to a global phase.

    Raises:
        ProgramRejected: A gate is none.
    """
    gates = tuple(new for gate in circuit.gates for new in _fixed(gate, angles))
    return Circuit(circuit.qubits, gates)


def _fixed(gate: Gate, angles: FloatArray) -> Iterator[Gate]:
    if gate.angle is None:
        if gate.name not in CLIFFORD:
            raise ProgramRejected(f"{gate.name} is no Clifford gate", field="/settings/simulation")
        yield gate
        return
    angle = float(angles[gate.angle])
    turns = angle / (np.pi / 2)
    if abs(turns - round(turns)) > TOLERANCE:
        raise ProgramRejected(
            f"{gate.name} by {angle:g} is no Clifford gate; allowed: multiples of pi/2",
            field="/settings/simulation",
        )
    quarters = round(turns) % 4
    if quarters:
        yield from _turned(gate, quarters)


def _turned(gate: Gate, quarters: int) -> Iterator[Gate]:
    one, last = gate.qubits[0], gate.qubits[-1:]
    if gate.name == "ry":  # S X S+ = Y
        yield Gate("sdg", last)
        yield Gate(QUARTERS["rx"][quarters - 1], last)
        yield Gate("s", last)
    elif gate.name == "rzz":
        yield Gate("cx", (one, *last))
        yield Gate(QUARTERS["rz"][quarters - 1], last)
        yield Gate("cx", (one, *last))
    else:
        yield Gate(QUARTERS[gate.name][quarters - 1], gate.qubits)
