"""Circuits and feature maps against Qiskit's state vectors and a closed form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from qiskit import QuantumCircuit, qasm3
from qiskit.circuit.library import zz_feature_map
from qiskit.quantum_info import Operator, Statevector

from qtwin.qml.circuit import Circuit
from qtwin.qml.feature_map import feature_map
from qtwin.qml.fidelity import fidelities
from qtwin.qml.gate import Gate

GATES = (
    Gate(name="h", on=(0,)),
    Gate(name="ry", on=(2,), slot=0),
    Gate(name="cx", on=(2, 0)),
    Gate(name="rx", on=(1,), slot=1),
    Gate(name="rzz", on=(0, 2), slot=2),
    Gate(name="x", on=(1,)),
    Gate(name="cz", on=(1, 2)),
    Gate(name="rz", on=(2,), slot=1),
    Gate(name="rx", on=(0,), slot=2),
)
ANGLES = np.array([[0.3, -1.2, 2.5], [1.9, 0.4, -0.7]])


def _same(ours: np.ndarray, theirs: np.ndarray) -> None:
    """Up to the phase that no measurement sees."""
    assert abs(np.vdot(ours, theirs)) == pytest.approx(1, abs=1e-12)


def _qiskit(circuit: Circuit, angles: np.ndarray) -> np.ndarray:
    built = QuantumCircuit(circuit.qubits)
    for gate in circuit.gates:
        given = [] if gate.slot is None else [gate.sign * angles[gate.slot]]
        getattr(built, gate.name)(*given, *gate.on)
    return np.asarray(Statevector(built))


def test_a_batch_of_states_is_that_of_qiskit() -> None:
    circuit = Circuit(qubits=3, gates=GATES, angles=3)
    for angles, state in zip(ANGLES, circuit.states(ANGLES), strict=True):
        _same(state, _qiskit(circuit, angles))


def test_the_inverse_undoes_the_circuit() -> None:
    circuit = Circuit(qubits=3, gates=GATES, angles=3)
    both = circuit.then(circuit.inverse())
    back = both.states(np.hstack([ANGLES, ANGLES]))
    assert np.abs(back[:, 0]) == pytest.approx(np.ones(2), abs=1e-12)


def test_the_zz_map_is_qiskits() -> None:
    x = np.array([[0.2, 1.1, -0.4], [2.0, 0.3, 0.9]])
    theirs = zz_feature_map(3, reps=2, entanglement="full")
    for point, state in zip(x, feature_map("zz", 3, layers=2).states(x), strict=True):
        _same(state, np.asarray(Statevector(theirs.assign_parameters(point))))


def test_the_kernel_of_the_angle_map_is_its_closed_form() -> None:
    x = np.random.default_rng(1).uniform(-3, 3, size=(5, 3))
    states = feature_map("angle", 3).states(x)
    closed = np.prod(np.cos((x[:, None] - x[None]) / 2) ** 2, axis=2)
    assert fidelities(states, states) == pytest.approx(closed, abs=1e-12)


def test_the_program_in_openqasm_is_the_circuit() -> None:
    circuit = Circuit(qubits=3, gates=GATES, angles=3)
    program = circuit.inverse().qasm(["0.3", "-1.2", "2.5"])
    here = Operator(_read(program))
    state = circuit.states(ANGLES[:1])[0]
    assert abs((here.data @ state)[0]) == pytest.approx(1, abs=1e-12)


def _read(program: str) -> QuantumCircuit:
    """By Qiskit, which wants the definition of rzz that stdgates.inc has not."""
    defined = "gate rzz(t) a, b { cx a, b; rz(t) b; cx a, b; }\n"
    return qasm3.loads(program.replace("qubit[3] q;\n", f"{defined}qubit[3] q;\n"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Gate(name="t", on=(0,)), "no gate without an angle 't'; allowed: h, x, cx, cz"),
        (lambda: Gate(name="cx", on=(1, 1)), "allowed: 2 different qubits"),
        (lambda: Circuit(qubits=17, gates=(), angles=0), "qubits is 17; allowed: 1 to 16"),
        (lambda: Circuit(qubits=2, gates=GATES, angles=3), "allowed: 0 to 1"),
        (lambda: Circuit(qubits=3, gates=GATES, angles=1), "angle 1; allowed: 0 to 0"),
        (lambda: feature_map("iqp", 2), "feature map 'iqp'; allowed: angle, zz"),
        (lambda: feature_map("zz", 2, layers=0), "layers is 0"),
        (lambda: feature_map("zz", 2).states(np.array([[1.0]])), "allowed: \\(B, 2\\)"),
        (lambda: feature_map("zz", 1).states(np.array([[np.nan]])), "not finite"),
    ],
)
def test_what_is_no_circuit_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
