"""Circuits are laid out in as many moments as they are deep, and drawn in parts."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from qiskit import QuantumCircuit, qasm3

from backends.methods.circuit import FIXED, TURNED, Circuit, Gate
from backends.methods.told import openqasm, told
from backends.qasm.outline import outline
from backends.qasm.parser import parse
from backends.qasm.tokens import tokens
from qtwin.drawing.circuit.figure import circuit_figure
from qtwin.drawing.circuit.moments import columns, moments, window
from qtwin.drawing.circuit.operation import Operation, operations, radians, written

SIZES = {**FIXED, **TURNED}


def random_circuit(qubits: int, gates: int, seed: int) -> tuple[Circuit, list[float]]:
    draw = random.Random(seed)
    made = []
    for _ in range(gates):
        name = draw.choice(list(SIZES))
        on = tuple(draw.sample(range(qubits), SIZES[name]))
        made.append(Gate(name, on, draw.randrange(4) if name in TURNED else None))
    return Circuit(qubits, tuple(made), 4), [0.1, math.pi / 4, -math.pi, 2.5]


def qiskit_circuit(circuit: Circuit, angles: list[float]) -> QuantumCircuit:
    made = QuantumCircuit(circuit.qubits)
    for gate in circuit.gates:
        turned = [] if gate.angle is None else [angles[gate.angle]]
        getattr(made, gate.name)(*turned, *gate.qubits)
    return made


@pytest.mark.parametrize("seed", range(5))
def test_the_layout_is_as_deep_as_qiskit_says(seed: int) -> None:
    circuit, angles = random_circuit(7, 80, seed)
    drawn = [*operations(told(circuit)["gates"], angles)]
    depth = qiskit_circuit(circuit, angles).depth()
    figure = circuit_figure(drawn, 7, title="Random")
    assert figure.depth == len(moments(drawn, 7)) == depth
    assert figure.gates == 80


def test_a_moment_has_each_qubit_once_and_keeps_the_order_of_gates() -> None:
    circuit, angles = random_circuit(6, 60, 9)
    drawn = [*operations(told(circuit)["gates"], angles)]
    for moment in moments(drawn, 6):
        on = [qubit for one in moment for qubit in one.qubits]
        assert len(on) == len(set(on))
    for qubit in range(6):
        before = [one for one in drawn if qubit in one.qubits]
        after = [one for moment in moments(drawn, 6) for one in moment if qubit in one.qubits]
        assert before == after


def test_no_line_of_a_moment_crosses_a_gate() -> None:
    moment = [
        Operation(name="x", targets=(5,), controls=((0, True),)),
        Operation(name="h", targets=(2,)),
        Operation(name="swap", targets=(1, 4)),
        Operation(name="h", targets=(6,)),
    ]
    side_by_side = columns(moment)
    assert sum(map(len, side_by_side)) == 4
    for column in side_by_side:
        spans = sorted((min(one.qubits), max(one.qubits)) for one in column)
        assert all(a[1] < b[0] for a, b in pairwise(spans))


def test_every_gate_of_every_part_is_drawn_once() -> None:
    circuit, angles = random_circuit(100, 4000, 3)
    drawn = [*operations(told(circuit)["gates"], angles)]
    first, seen = 0, 0
    while True:
        part = circuit_figure(drawn, 100, title="Large", first=first)
        svg = part.figure.svg
        assert svg is not None
        shapes = len([*svg.of_class("gate")])
        assert shapes == len(part.figure.sheets[0].rows) <= 1500
        ElementTree.fromstring(str(svg))
        seen, first = seen + shapes, part.window.last
        if first == part.window.moments:
            break
    assert seen == 4000


def test_a_moment_that_is_not_there_is_the_last_one() -> None:
    found = moments([Operation(name="h", targets=(0,))] * 3, 1)
    assert (window(found, 99).first, window(found, -5).first) == (2, 0)
    assert window([], 3).moments == 0
    assert circuit_figure([], 2, title="Empty").depth == 0


def test_wires_without_gates_are_left_out_of_wide_circuits() -> None:
    far = [Operation(name="x", targets=(120,), controls=((3, True),))]
    figure = circuit_figure(far, 127, title="Two of many")
    assert figure.idle == 125
    assert figure.figure.svg is not None
    assert len([*figure.figure.svg.of_class("wire")]) == 2
    assert circuit_figure(far[:0], 5, title="Few").idle == 0


def test_openqasm_of_a_circuit_is_the_same_circuit() -> None:
    pytest.importorskip("qiskit_qasm3_import")
    circuit, angles = random_circuit(4, 40, 1)
    read = qasm3.loads(openqasm(4, told(circuit)["gates"], angles))
    from qiskit.quantum_info import Operator

    assert Operator(read).equiv(Operator(qiskit_circuit(circuit, angles)))


@pytest.mark.parametrize(
    ("angle", "text"),
    [(0.0, "0"), (math.pi, "π"), (-math.pi / 2, "−π/2"), (3 * math.pi / 8, "3π/8"),
     (0.1, "0.1"), (-2.0, "−2"), (1e-12, "1e-12")],
)  # fmt: skip
def test_angles_in_words(angle: float, text: str) -> None:
    assert radians(angle) == text


PROGRAM = """OPENQASM 3.0;
include "stdgates.inc";
input float a;
const int n = 3;
gate mine(t) p, q { cx p, q; rz(t / 2) q; }
qubit[n] q;
qubit[1] r;
h q;
for int i in [0:n - 2] { cx q[i], q[i + 1]; rz(2 * (a - i) / 3) q[i]; }
ctrl @ inv @ s q[0], r[0];
negctrl @ x q[1], q[2];
pow(3) @ mine(-a) q[0], q[1];
cphase(pi / 4) q[0], q[2];
measure q;
"""


def test_a_program_is_outlined_as_it_is_written() -> None:
    told_of: dict[str, Any] = outline(parse(tokens(PROGRAM)), {"a": np.array([0.5])}, most=100)
    assert told_of["registers"] == [["q", 0, 3], ["r", 3, 1]]
    drawn = [*written(told_of["gates"])]
    assert [one.name for one in drawn[:3]] == ["h", "h", "h"]
    assert drawn[3] == Operation(name="x", targets=(1,), controls=((0, True),))
    assert [one.angle for one in drawn if one.name == "rz"] == [
        "2 * (a - 0) / 3",
        "2 * (a - 1) / 3",
    ]
    assert Operation(name="s†", targets=(3,), controls=((0, True),)) in drawn
    assert Operation(name="x", targets=(2,), controls=((1, False),)) in drawn
    assert Operation(name="mine^3", targets=(0, 1), angle="-a") in drawn
    assert Operation(name="p", targets=(2,), controls=((0, True),), angle="π/4") in drawn
    assert [one.targets for one in drawn if one.name == "measure"] == [(0,), (1,), (2,)]
    assert outline(parse(tokens(PROGRAM)), {"a": np.array([0.5])}, most=4)["more"] == len(drawn) - 4


def test_names_of_gates_are_text() -> None:
    figure = circuit_figure([Operation(name="<script>", targets=(0,), angle="<b>")], 1, title="<i>")
    text = str(figure.figure.svg)
    assert "<script" not in text
    assert "<b>" not in text
    assert "&lt;script&gt;(&lt;b&gt;) on 0" in text
