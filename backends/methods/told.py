"""Circuits as JSON values that are kept beside what was measured, so that people can look at them.

The circuit as the method wrote it, before a device's compiler or a mitigation technique rewrote
it. Its structure stands at the first point that has it; others name that point (``circuit_of``,
counted from the first one that ran together) and have angles of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from backends.methods.circuit import Circuit, Gate
from backends.methods.program import Program

MOST_TOLD = 20_000
"""Gates that are kept of a circuit, the first ones."""
FIGURES = 10
"""Significant figures of an angle."""


def with_circuits(program: Program) -> Program:
    """The program, with the circuit and the angles of each point among what is kept of it."""
    raw = [dict(row) for row in program.raw] or [{} for _ in program.operators]
    for part in program.parts:
        rows = part.rows.tolist()
        for row, angles in zip(rows, part.angles.tolist(), strict=True):
            raw[row]["angles"] = [float(f"{angle:.{FIGURES}g}") for angle in angles]
            raw[row]["circuit_of"] = rows[0]
        if rows:
            raw[rows[0]]["circuit"] = told(part.circuit)
    return replace(program, raw=raw, excited=tuple(map(with_circuits, program.excited)))


def told(circuit: Circuit) -> dict[str, Any]:
    """``qubits``, and ``gates`` as name, qubits and the column of the angle; ``more`` left out."""
    gates = [_entry(gate) for gate in circuit.gates[:MOST_TOLD]]
    return {
        "qubits": circuit.qubits,
        "gates": gates,
        "more": len(circuit.gates) - len(gates),
    }


def openqasm(qubits: int, gates: Iterable[Sequence[Any]], angles: Sequence[float]) -> str:
    """OpenQASM 3 of gates as `told` has them."""
    lines = ["OPENQASM 3.0;", 'include "stdgates.inc";']
    body = [f"{_call(name, angle, angles)} {_operands(on)};" for name, on, *angle in gates]
    for name, definition in DEFINITIONS.items():
        if any(line.startswith(name) for line in body):
            lines.append(definition)
    return "\n".join([*lines, f"qubit[{qubits}] q;", *body]) + "\n"


DEFINITIONS = {
    "rzz": "gate rzz(a) p, q { cx p, q; rz(a) q; cx p, q; }",
    "sxdg": "gate sxdg q { inv @ sx q; }",
}
"""Gates that ``stdgates.inc`` has not."""


def _entry(gate: Gate) -> list[Any]:
    angle = [] if gate.angle is None else [gate.angle]
    return [gate.name, list(gate.qubits), *angle]


def _call(name: str, angle: Sequence[int], angles: Sequence[float]) -> str:
    return f"{name}({angles[angle[0]]!r})" if angle else name


def _operands(qubits: Sequence[int]) -> str:
    return ", ".join(f"q[{qubit}]" for qubit in qubits)
