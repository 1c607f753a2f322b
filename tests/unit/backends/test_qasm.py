"""OpenQASM programs against Qiskit: its circuits, its importer and its exporter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import qiskit.qasm3
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Parameter
from qiskit.circuit.library import standard_gates as gates
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Operator

from backends.methods.circuit import FIXED, TURNED
from backends.qasm.expand import expand
from backends.qasm.parser import parse
from backends.qasm.screen import screen
from backends.qasm.tokens import tokens
from backends.simulators.circuits import written

HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
OWN = """gate own(t) a, b {
    rx(t / 2) a; cry(t) a, b; sdg b; cu(t, 0.2, -0.3, 1.1) b, a; gphase(t);
}
"""


def unitary(program: str, **inputs: float) -> Operator:
    """Of a program, as the circuit that a simulator would run."""
    screened = screen(program)
    columns = {name: np.array([value]) for name, value in inputs.items()}
    circuit, angles = expand(parse(tokens(program)), columns, 1)
    assert {gate.name for gate in circuit.gates} <= set(FIXED) | set(TURNED)
    assert screened.qubits == circuit.qubits
    assert all(0 <= q < circuit.qubits for gate in circuit.gates for q in gate.qubits)
    assert len(circuit.gates) <= max(1, screened.gates)
    made = written(circuit)
    return Operator(
        made.assign_parameters({p: angles[0, int(p.name[6:])] for p in made.parameters})
    )


def own() -> QuantumCircuit:
    circuit = QuantumCircuit(2, global_phase=0.7)
    circuit.rx(0.35, 0)
    circuit.cry(0.7, 0, 1)
    circuit.sdg(1)
    circuit.cu(0.7, 0.2, -0.3, 1.1, 1, 0)
    return circuit


def appended(gate: Gate, places: list[int]) -> Callable[[QuantumCircuit], Any]:
    return lambda circuit: circuit.append(gate, places)


def same(statements: str, build: Callable[[QuantumCircuit], Any], qubits: int = 5) -> None:
    circuit = QuantumCircuit(qubits)
    build(circuit)
    found = unitary(f"{HEAD}qubit[{qubits}] q;\n{OWN}{statements}")
    assert found.equiv(Operator(circuit))


PLAIN: dict[str, Gate] = {
    "x": gates.XGate(), "y": gates.YGate(), "z": gates.ZGate(), "h": gates.HGate(),
    "s": gates.SGate(), "sdg": gates.SdgGate(), "t": gates.TGate(), "tdg": gates.TdgGate(),
    "sx": gates.SXGate(), "sxdg": gates.SXdgGate(), "p(0.8)": gates.PhaseGate(0.8),
    "rx(0.8)": gates.RXGate(0.8), "ry(0.8)": gates.RYGate(0.8), "rz(0.8)": gates.RZGate(0.8),
    "rzz(0.8)": gates.RZZGate(0.8), "rxx(0.8)": gates.RXXGate(0.8),
    "ryy(0.8)": gates.RYYGate(0.8), "swap": gates.SwapGate(), "cx": gates.CXGate(),
    "ccz": gates.CCZGate(), "u1(0.8)": gates.PhaseGate(0.8),
}  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_a_gate_has_its_own_phase_under_any_number_of_controls(name: str) -> None:
    gate = PLAIN[name]
    for controls in (0, 1, 2, 3):
        places = list(range(controls + gate.num_qubits))
        operands = ", ".join(f"q[{place}]" for place in places)
        modifier = f"ctrl({controls}) @ " if controls else ""
        wanted = gate.control(controls, annotated=False) if controls else gate
        same(f"{modifier}{name} {operands};", appended(wanted, places), 6)


@pytest.mark.parametrize(
    ("statements", "build"),
    [
        ("own(0.7) q[1], q[2];", lambda c: c.append(own().to_gate(), [1, 2])),
        (
            "ctrl @ own(0.7) q[0], q[1], q[2];",
            lambda c: c.append(own().to_gate().control(1, annotated=False), [0, 1, 2]),
        ),
        (
            "ctrl(2) @ inv @ own(0.7) q[0], q[1], q[2], q[4];",
            lambda c: c.append(own().to_gate().inverse().control(2, annotated=False), [0, 1, 2, 4]),
        ),
        (
            "inv @ ctrl @ own(0.7) q[3], q[1], q[2];",
            lambda c: c.append(own().to_gate().control(1, annotated=False).inverse(), [3, 1, 2]),
        ),
        (
            "negctrl @ ctrl @ pow(-2) @ own(0.7) q[0], q[1], q[2], q[4];",
            lambda c: c.append(
                own()
                .inverse()
                .repeat(2)
                .to_gate()
                .control(2, ctrl_state="10", annotated=False),
                [0, 1, 2, 4],
            ),
        ),
        (
            "ctrl @ cswap q[4], q[1], q[2], q[0];",
            lambda c: c.append(gates.SwapGate().control(2, annotated=False), [4, 1, 2, 0]),
        ),
        ("cx q, r; h r;", lambda c: [*(c.cx(k, k + 2) for k in (0, 1)), *map(c.h, (2, 3))]),
        ("inv @ u3(0.1, 0.2, 0.3) q[1]; inv @ u2(0.4, 0.5) q[0]; inv @ U(1, 2, 3) q[1];",
         lambda c: (c.u(-0.1, -0.3, -0.2, 1), c.u(-np.pi / 2, -0.5, -0.4, 0), c.u(-1, -3, -2, 1))),
    ],
)  # fmt: skip
def test_modifiers_and_registers_mean_what_they_mean_in_qiskit(
    statements: str, build: Callable[[QuantumCircuit], Any]
) -> None:
    if " r;" in statements:
        circuit = QuantumCircuit(4)
        build(circuit)
        found = unitary(f"{HEAD}qubit[2] q; qubit[2] r; {statements}")
        assert found.equiv(Operator(circuit))
    else:
        same(statements, build)


ANGLES = {"p": 1, "rx": 1, "ry": 1, "rz": 1, "cp": 1, "crx": 1, "cry": 1, "crz": 1, "cu": 4,
          "u1": 1, "u2": 2, "u3": 3}  # fmt: skip
QUBITS = {"ccx": 3, "cswap": 3, "swap": 2, **dict.fromkeys(("cx", "cy", "cz", "ch", "CX"), 2),
          **dict.fromkeys(("cp", "crx", "cry", "crz", "cu"), 2)}  # fmt: skip
NAMES = sorted({*ANGLES, *QUBITS, *["x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "id"]})


@st.composite
def statements(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(NAMES))
    places = draw(st.permutations(range(4)))[: QUBITS.get(name, 1)]
    angle = st.floats(-7, 7, allow_subnormal=False).map(lambda v: f"{v:.6f}")
    angles = draw(st.lists(angle, min_size=ANGLES.get(name, 0), max_size=ANGLES.get(name, 0)))
    given_angles = f"({', '.join(angles)})" if angles else ""
    return f"{name}{given_angles} {', '.join(f'q[{place}]' for place in places)};"


@settings(max_examples=40, deadline=None)
@given(st.lists(statements(), min_size=1, max_size=12))
def test_random_programs_are_what_qiskits_importer_reads(lines: list[str]) -> None:
    program = f"{HEAD}qubit[4] q;\n" + "\n".join(lines)
    assert unitary(program).equiv(Operator(qiskit.qasm3.loads(program)))


@pytest.mark.parametrize("seed", range(12))
def test_what_qiskit_exports_is_read_back(seed: int) -> None:
    circuit = random_circuit(4, 5, max_operands=4, seed=seed)
    assert unitary(qiskit.qasm3.dumps(circuit)).equiv(Operator(circuit))


def test_parameters_of_an_exported_circuit_are_inputs() -> None:
    circuit, a, b = QuantumCircuit(3), Parameter("a"), Parameter("b")
    circuit.rzz(2 * a - b, 0, 1)
    circuit.cu(a, b / 3, -a, 0.4 * b, 2, 0)
    circuit.cp(a * b, 1, 2)
    values = {"a": 0.7, "b": -1.9}
    program = qiskit.qasm3.dumps(circuit)
    assert screen(program).inputs == ("a", "b")
    bound = circuit.assign_parameters({a: values["a"], b: values["b"]})
    assert unitary(program, **values).equiv(Operator(bound))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-2**2", -4),
        ("2**-1*3", 1.5),
        ("2**3**2 / 2**8", 2),
        ("7 - 2 - 1", 4),
        ("12 / 2 / 3", 2),
        ("-(1 + 2)*3", -9),
        ("--3", 3),
        ("7 % 4", 3),
        ("sin(pi/6) + cos(0) + sqrt(4.0)", 3.5),
        ("tau / π", 2),
        ("euler ** 2.0", np.e**2),
        ("1_000 * .5e-1 + 1.e1", 60),
        ("arccos(cos(1.25)) - floor(1.5) + ceiling(0.5)", 1.25),
        ("n * x - n", 3 * 0.25 - 3),
    ],
)
def test_arithmetic_follows_the_precedence_of_the_language(text: str, value: float) -> None:
    head = f"{HEAD}const int n = 6 / 2; const float[64] x = 1/4.0; qubit q;"
    turned = QuantumCircuit(1)
    turned.rx(value, 0)
    assert unitary(f"{head} rx({text}) q;").equiv(Operator(turned))


def test_loops_repeat_for_each_value_and_measurements_at_the_end_are_ignored() -> None:
    program = f"""{HEAD}
    const uint n = 4; input angle[32] a; /* a comment
    of two lines */ qubit[n] q; bit[n] c;
    for int i in [0:n - 1] {{ rx(a * i) q[i]; }}
    for uint i in [n - 1:-2:1] for int j in {{0, 2}} cp(pi / 2.0**(i - j)) q[i], q[j];
    h q[-1]; barrier q; c = measure q;  // the end
    """
    circuit = QuantumCircuit(4)
    for i in range(4):
        circuit.rx(0.3 * i, i)
    for i in (3, 1):
        for j in (0, 2):
            circuit.cp(np.pi / 2.0 ** (i - j), i, j)
    circuit.h(3)
    assert unitary(program, a=0.3).equiv(Operator(circuit))


def test_older_declarations_number_qubits_in_their_order() -> None:
    program = f"{HEAD}qreg a[1]; creg c[1]; qubit b; qreg d[2]; x d[0]; measure b -> c[0];"
    circuit = QuantumCircuit(4)
    circuit.x(2)
    assert unitary(program).equiv(Operator(circuit))


def test_the_structure_does_not_depend_on_the_points() -> None:
    program = f"{HEAD}input float a; input float b; qubit q; rx(a) q; rx(b) q; rz(2*a) q; ry(0) q;"
    program += "rz(a + a) q; rx(floor(a)) q;"
    syntax = parse(tokens(program))
    structures = set()
    for a, b in (([0.0], [0.0]), ([0.4, 0.0], [0.4, 1.0]), ([0.3], [0.6])):
        columns = {"a": np.array(a), "b": np.array(b)}
        circuit, angles = expand(syntax, columns, len(a))
        structures.add(circuit.structure)
        rows = [[x, y, 2 * x, 0, 2 * x, np.floor(x)] for x, y in zip(a, b, strict=True)]
        found = angles[:, [gate.angle for gate in circuit.gates if gate.angle is not None]]
        np.testing.assert_allclose(found, rows, atol=1e-15)
    assert len(structures) == 1
