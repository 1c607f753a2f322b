"""From statements to gates: definitions, modifiers, loops and registers written out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from backends.methods.circuit import Circuit
from backends.qasm import lowering
from backends.qasm.arithmetic import Value, evaluate, integer
from backends.qasm.library import Standard
from backends.qasm.lowering import MOST_CONTROLS, WITHOUT_CONTROLS, Angle, Step
from backends.qasm.syntax import Call, Loop, Measure, Operand, Statement, Syntax
from backends.qasm.tape import Tape
from backends.qasm.tokens import MOST_DEPTH, MOST_GATES, QasmError, shown
from backends.schema.experiment import FloatArray

Names = Mapping[str, Value]


class _Frame(NamedTuple):
    """What surrounds a gate: qubits that control it, whether it is undone, and how deep it is."""

    controls: tuple[int, ...] = ()
    inverse: bool = False
    depth: int = 0


OUTERMOST = _Frame()


def expand(
    syntax: Syntax, inputs: Mapping[str, FloatArray], rows: int
) -> tuple[Circuit, FloatArray]:
    """The circuit of a program, and its angles at ``P`` points, shape ``(P, T)``.

    Args:
        inputs: Values of each input, shape ``(P,)``.
        rows: P.

    Raises:
        QasmError: Something in the program has no meaning.
        NotFiniteError: An angle is not finite at a point.
    """
    expansion = Expansion(syntax, Tape(rows))
    columns = {
        name: np.append(inputs[name], mark) for name, mark in zip(inputs, _marks(), strict=False)
    }
    expansion.statements(syntax.statements, {**syntax.constants, **columns})
    return expansion.tape.finish(sum(size for _, size in syntax.registers.values()))


def _marks() -> Iterator[float]:
    """Values of the inputs at a point that is added behind the others.

    Angles share a column only where they are equal there too, so that the structure of a circuit
    does not depend on which points are asked for together.
    """
    return (0.3 + (count * 0.7548776662466927) % 1.0 for count in itertools.count(1))


class Expansion:
    """Walks through a program and writes its gates on a tape."""

    def __init__(self, syntax: Syntax, tape: Tape) -> None:
        self._syntax = syntax
        self.tape = tape

    def statements(self, body: Sequence[Statement], names: Names) -> None:
        for statement in body:
            if isinstance(statement, Call):
                self.broadcast(statement, names)
            elif isinstance(statement, Loop):
                self._loop(statement, names)
            else:
                self.measure(statement, names)

    def measure(self, measure: Measure, names: Names) -> None:
        for operand in measure.operands:
            self.tape.measure(self.places(operand, names))

    def _loop(self, loop: Loop, names: Names) -> None:
        bounds = [integer(bound, names, "a bound of a loop") for bound in loop.bounds]
        values: Iterable[int] = bounds
        if not loop.is_set:
            first, *middle, last = bounds
            step = middle[0] if middle else 1
            if step == 0:
                raise QasmError("a step of 0; allowed: other steps", loop.line)
            values = range(first, last + (1 if step > 0 else -1), step)
        for value in values:
            self.tape.count(loop.line)
            self.statements(loop.body, {**names, loop.variable: value})

    def broadcast(self, call: Call, names: Names) -> None:
        """Apply a gate, once for each qubit of the registers that it is given."""
        lists = [self.places(operand, names) for operand in call.operands]
        sizes = {len(places) for places in lists if len(places) > 1}
        if len(sizes) > 1:
            raise QasmError("registers of different sizes; allowed: equal ones", call.line)
        for turn in range(max(sizes, default=1)):
            qubits = tuple(places[turn if len(places) > 1 else 0] for places in lists)
            self.apply(call, qubits, names)

    def places(self, operand: Operand, names: Names) -> list[int]:
        """Qubits of an operand outside definitions."""
        if operand.register not in self._syntax.registers:
            raise _no_qubit(operand, self._syntax.registers)
        first, size = self._syntax.registers[operand.register]
        if operand.place is None:
            return list(range(first, first + size))
        index = integer(operand.place, names, "an index")
        if not -size <= index < size:
            raise QasmError(f"{operand.register}[{index}]; allowed: 0 to {size - 1}", operand.line)
        return [first + index % size]

    def apply(
        self, call: Call, qubits: tuple[int, ...], names: Names, outer: _Frame = OUTERMOST
    ) -> None:
        """Apply a gate with its modifiers."""
        self.tape.count(call.line)
        if len(set(qubits)) < len(qubits):
            raise QasmError(f"{call.gate} on one qubit twice; allowed: different ones", call.line)
        signs, inverse, times = modifiers(call, names)
        own, targets = qubits[: len(signs)], qubits[len(signs) :]
        angles = [evaluate(angle, names) for angle in call.angles]
        frame = _Frame((*outer.controls, *own), outer.inverse ^ inverse, outer.depth + 1)
        if frame.depth > MOST_DEPTH:
            raise QasmError(f"gates {frame.depth} deep; allowed: {MOST_DEPTH}", call.line)
        flips = [Step("x", (q,)) for q, negative in zip(own, signs, strict=False) if negative]
        self._write(flips, call)
        for _ in range(times):
            self._one(call, angles, targets, frame)
        self._write(flips, call)

    def _one(
        self, call: Call, angles: Sequence[Value], targets: tuple[int, ...], frame: _Frame
    ) -> None:
        """Apply a gate of the program or of the library under what surrounds it."""
        definition = self._syntax.definitions.get(call.gate)
        if definition is None:
            self._standard(self._syntax.library[call.gate], call, angles, targets, frame)
            return
        _check_arity(
            call, len(angles), len(definition.angles), len(targets), len(definition.qubits)
        )
        names = {**self._syntax.constants, **dict(zip(definition.angles, angles, strict=True))}
        places = dict(zip(definition.qubits, targets, strict=True))
        body = reversed(definition.body) if frame.inverse else definition.body
        for inner in body:
            for operand in inner.operands:
                if operand.register not in places:
                    raise _no_qubit(operand, places)
            qubits = tuple(places[operand.register] for operand in inner.operands)
            self.apply(inner, qubits, names, frame)

    def _standard(
        self,
        gate: Standard,
        call: Call,
        angles: Sequence[Value],
        targets: tuple[int, ...],
        frame: _Frame,
    ) -> None:
        _check_arity(call, len(angles), gate.angles, len(targets), gate.controls + gate.targets)
        controls = (*frame.controls, *targets[: gate.controls])
        if len(set(controls + targets)) < len(frame.controls) + len(targets):
            raise QasmError(f"{call.gate} on one qubit twice; allowed: different ones", call.line)
        if len(controls) > MOST_CONTROLS:
            raise QasmError(f"{len(controls)} controls; allowed: {MOST_CONTROLS}", call.line)
        if frame.controls and gate.base in WITHOUT_CONTROLS:
            raise QasmError(
                f"{call.gate} under control: versions of the language differ about its phase; "
                "allowed: cu, p, rx, ry, rz and the fixed gates",
                call.line,
            )
        base: str = gate.base
        turned: list[Angle] = list(angles)
        if frame.inverse:
            base, turned = lowering.inverse(base, turned)
        self._write(lowering.lower(base, turned, controls, targets[gate.controls :]), call)

    def _write(self, steps: Iterable[Step], call: Call) -> None:
        for step in steps:
            self.tape.write(step, call.line)


def modifiers(call: Call, names: Names) -> tuple[list[bool], bool, int]:
    """Of each control whether it acts on 0; whether the gate is undone; how often it is applied."""
    signs: list[bool] = []
    inverse, times = False, 1
    for kind, number in call.modifiers:
        count = 1 if number is None else integer(number, names, f"the number of {kind}")
        if kind in {"ctrl", "negctrl"}:
            if not 1 <= count <= MOST_CONTROLS:
                raise QasmError(f"{kind}({count}); allowed: 1 to {MOST_CONTROLS}", call.line)
            signs += [kind == "negctrl"] * count
        elif kind == "inv":
            inverse = not inverse
        else:
            inverse ^= count < 0
            times *= abs(count)
    if times > MOST_GATES:
        raise QasmError(f"pow({times}); allowed: {MOST_GATES}", call.line)
    return signs, inverse, times


def _check_arity(call: Call, angles: int, right_angles: int, qubits: int, right: int) -> None:
    if angles != right_angles:
        raise QasmError(f"{call.gate} with {angles} angles; allowed: {right_angles}", call.line)
    if qubits != right:
        raise QasmError(f"{call.gate} on {qubits} qubits; allowed: {right}", call.line)


def _no_qubit(operand: Operand, known: Iterable[str]) -> QasmError:
    return QasmError(
        f"{shown(operand.register)} is no qubit here; allowed: " + (", ".join(known) or "none"),
        operand.line,
    )
