"""Our circuits written for a device of Amazon Braket, through its SDK, in OpenQASM 3.

Our qubit ``q`` is its qubit ``q``, read into bit ``q``. A gate that the device does not take is
written with others, up to a phase of the whole circuit; the service compiles all for the device.
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi
from typing import Any

from backends.errors import ProgramRejected
from backends.methods.circuit import Circuit, Gate, to_z
from backends.systems.pauli import PauliWord

NAMES = {"sdg": "si", "tdg": "ti", "sx": "v", "sxdg": "vi", "cx": "cnot", "rzz": "zz"}
Angle = Callable[[int], Any]
"""The value of a column of angles: a number, or a parameter."""
Written = list[tuple[str, tuple[int, ...], Any]]
TURNS = {
    "x": ("rx", pi),
    "y": ("ry", pi),
    "z": ("rz", pi),
    "s": ("rz", pi / 2),
    "si": ("rz", -pi / 2),
    "t": ("rz", pi / 4),
    "ti": ("rz", -pi / 4),
    "v": ("rx", pi / 2),
    "vi": ("rx", -pi / 2),
}


def written(
    circuit: Circuit, *, angle: Angle, basis: PauliWord | None, gates: frozenset[str]
) -> Any:
    """The SDK's circuit, which measures every qubit in the basis of a word.

    Args:
        angle: Of each column.
        basis: None for a circuit that measures nothing.
        gates: What the device takes, in the SDK's words.

    Raises:
        ProgramRejected: A gate can be written with none of them.
    """
    from braket.circuits import Circuit as BraketCircuit

    target = BraketCircuit()
    for gate in (*circuit.gates, *(to_z(basis) if basis else ())):
        for name, qubits, turn in _known(_of(gate, angle), gates):
            getattr(target, name)(*qubits, *(() if turn is None else (turn,)))
    if basis is not None:
        target.measure(range(circuit.qubits))
    return target


def parameter(column: int) -> Any:
    """The input that stands for a column of angles."""
    from braket.circuits import FreeParameter

    return FreeParameter(parameter_name(column))


def parameter_name(column: int) -> str:
    return f"theta_{column}"


def source(circuit: Any) -> str:
    """OpenQASM of the SDK's circuit."""
    from braket.circuits.serialization import IRType

    return str(circuit.to_ir(IRType.OPENQASM).source)


def _of(gate: Gate, angle: Angle) -> Written:
    turn = None if gate.angle is None else angle(gate.angle)
    return [(NAMES.get(gate.name, gate.name), gate.qubits, turn)]


def _known(given: Written, gates: frozenset[str]) -> Written:
    """The same in gates that the device takes."""
    found: Written = []
    for name, qubits, turn in given:
        if name in gates:
            found.append((name, qubits, turn))
            continue
        instead = _instead(name, qubits, turn)
        if not instead:
            raise ProgramRejected(
                f"the device has no gate {name!r}; allowed: {', '.join(sorted(gates))}",
                field="/settings/device",
            )
        found += _known(instead, gates)
    return found


def _instead(name: str, qubits: tuple[int, ...], turn: Any) -> Written:
    """A gate in simpler ones; nothing for the simplest."""
    a, b = qubits[0], qubits[-1]
    if name in TURNS:
        kind, by = TURNS[name]
        return [(kind, qubits, by)]
    made: dict[str, Written] = {
        "h": [("rz", qubits, pi), ("ry", qubits, pi / 2)],
        "zz": [("cnot", qubits, None), ("rz", (b,), turn), ("cnot", qubits, None)],
        "swap": [("cnot", pair, None) for pair in ((a, b), (b, a), (a, b))],
        "cz": [("h", (b,), None), ("cnot", qubits, None), ("h", (b,), None)],
    }
    return made.get(name, [])
