"""The gates of a program as they are written, for people to look at: nothing is lowered.

Loops and whole registers are written out; gates that the program defines stay one gate; angles
that depend on inputs stay expressions of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from backends.qasm.arithmetic import Arithmetic, evaluate
from backends.qasm.expand import OUTERMOST, Expansion, Names, modifiers
from backends.qasm.syntax import Call, Measure, Syntax
from backends.qasm.tape import Tape
from backends.schema.experiment import FloatArray

RANKS = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2, "sign": 3, "**": 4, "atom": 5}


def outline(syntax: Syntax, inputs: Mapping[str, FloatArray], *, most: int) -> dict[str, Any]:
    """JSON values: ``qubits``, ``registers`` with their first qubit and size, and ``gates``.

    A gate is its name, targets, controls (each with 1 or 0), and angles: numbers, or expressions.
    ``more`` is how many gates are left out after the first ``most``.

    Raises:
        QasmError: Something in the program has no meaning.
    """
    walked = _Outline(syntax, Tape(1))
    walked.statements(syntax.statements, {**syntax.constants, **inputs})
    return {
        "qubits": sum(size for _, size in syntax.registers.values()),
        "registers": [[name, first, size] for name, (first, size) in syntax.registers.items()],
        "gates": walked.gates[:most],
        "more": max(0, len(walked.gates) - most),
    }


def infix(expression: Arithmetic, names: Names) -> str:
    """An expression as it is written, with the numbers of names that are known beforehand."""
    stack: list[tuple[str, int]] = []
    for kind, value in expression.items:
        if kind == "number":
            stack.append((f"{value:.10g}", RANKS["atom"]))
        elif kind == "name":
            known = names.get(value)
            stack.append((value if _unknown(known) else f"{known:.10g}", RANKS["atom"]))
        elif kind == "call":
            stack[-1] = (f"{value}({stack[-1][0]})", RANKS["atom"])
        elif kind == "sign":
            stack[-1] = (f"-{_inside(stack[-1], RANKS['sign'])}", RANKS["sign"])
        else:
            right, left = stack.pop(), stack.pop()
            rank = RANKS[kind]
            text = f"{_inside(left, rank)} {kind} {_inside(right, rank + (kind in '-/%'))}"
            stack.append((text, rank))
    return stack[0][0]


class _Outline(Expansion):
    def __init__(self, syntax: Syntax, tape: Tape) -> None:
        super().__init__(syntax, tape)
        self._library = syntax.library
        self.gates: list[list[Any]] = []

    def apply(
        self, call: Call, qubits: tuple[int, ...], names: Names, outer: Any = OUTERMOST
    ) -> None:
        self.tape.count(call.line)
        signs, inverse, times = modifiers(call, names)
        own = [[qubit, int(not negative)] for qubit, negative in zip(qubits, signs, strict=False)]
        targets = qubits[len(signs) :]
        standard = self._library.get(call.gate)
        name = call.gate
        if standard is not None and standard.controls:
            own += [[qubit, 1] for qubit in targets[: standard.controls]]
            targets = targets[standard.controls :]
            name = standard.base
        name += "†" * inverse + (f"^{times}" if times != 1 else "")
        self.gates.append([name, list(targets), own, [_angle(a, names) for a in call.angles]])

    def measure(self, measure: Measure, names: Names) -> None:
        for operand in measure.operands:
            self.gates += [["measure", [q], [], []] for q in self.places(operand, names)]


def _angle(expression: Arithmetic, names: Names) -> float | str:
    value = evaluate(expression, names)
    return infix(expression, names) if isinstance(value, np.ndarray) else float(value)


def _unknown(value: Any) -> bool:
    return value is None or isinstance(value, np.ndarray)


def _inside(part: tuple[str, int], rank: int) -> str:
    text, own = part
    return text if own >= rank else f"({text})"
