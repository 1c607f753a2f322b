"""Circuits of a user on every engine, against closed forms."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from backends import registry, systems
from backends.errors import ProgramRejected
from backends.schema import Experiment, Result, RunOptions
from backends.selection.option import options
from backends.testing import ENGINES

HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
ABLE = {name: registry.get(name).capabilities for name in sorted(registry.BUILTIN)}
CIRCUITS = [name for name, able in ABLE.items() if "circuit" in able.methods and not able.queue]
# Stim takes Clifford circuits only, devices and single precision have errors of their own.
EXACT = [name for name in CIRCUITS if ABLE[name].exact and name in {"aer", "cirq", "braket-sv"}]
SHOTS = RunOptions(shots=4000, seed=11)


def circuit(program: str, observables: list[dict[str, Any]], *inputs: str) -> dict[str, Any]:
    bounds = {"unit": "rad", "lower": -7.0, "upper": 7.0}
    return {
        "kind": "parametric_circuit",
        "schema_version": 1,
        "qasm": HEAD + program,
        "observables": observables,
        "controls": [{"name": name, "label": name, **bounds} for name in inputs],
    }


def run(
    backend: str, system: dict[str, Any], points: Any = None, run_options: RunOptions | None = None
) -> Result:
    controls = tuple(control["name"] for control in system["controls"])
    experiment = Experiment(
        system=system,
        method="circuit",
        controls=controls,
        points=np.zeros((1, 0)) if points is None else np.array(points, dtype=float),
        observables=tuple(one["name"] for one in system["observables"]),
    )
    result = registry.get(backend).submit(experiment, run_options or RunOptions(), token="t")
    assert isinstance(result, Result)
    return result


def bits(*strings: str) -> list[dict[str, Any]]:
    return [{"name": f"p{string}", "bitstring": string} for string in strings]


def agree(result: Result, wanted: Any) -> None:
    assert (np.abs(result.values - wanted) < 5 * result.std_errors).all()


@pytest.mark.parametrize("backend", CIRCUITS)
def test_x_on_qubit_0_of_3_is_the_rightmost_bit(backend: str) -> None:
    system = circuit(
        "qubit[3] q; x q[0];", [*bits("001", "100"), {"name": "z", "pauli": {"IIZ": 1}}]
    )
    result = run(backend, system, run_options=SHOTS)
    assert result.values[0, 0] > 0.9
    assert result.values[0, 1] < 0.05
    assert result.values[0, 2] < -0.85
    if ABLE[backend].exact:
        np.testing.assert_allclose(run(backend, system).values, [[1, 0, -1]], atol=1e-3)


GHZ = "qubit[3] q; h q[0]; cx q[0], q[1]; cx q[1], q[2];"
GHZ_WORDS = {"XXX": 1, "XYY": -1, "YYX": -1, "ZZI": 1, "IZZ": 1, "ZII": 0, "YYY": 0}


@pytest.mark.parametrize("backend", [*EXACT, "stim"])
def test_ghz_states_have_their_stabilizers(backend: str) -> None:
    words = [{"name": word.lower(), "pauli": {word: 1}} for word in GHZ_WORDS]
    system = circuit(GHZ, [*bits("000", "111", "010"), *words])
    wanted = np.array([[0.5, 0.5, 0, *GHZ_WORDS.values()]])
    np.testing.assert_allclose(run(backend, system).values, wanted, atol=1e-12)
    agree(run(backend, system, run_options=SHOTS), wanted)


def test_a_noisy_ghz_state_is_damped_towards_its_mixed_value() -> None:
    result = run(
        "fake-ibm", circuit(GHZ, [{"name": "xxx", "pauli": {"XXX": 1}}]), run_options=SHOTS
    )
    assert 0.6 < result.values[0, 0] < 1


@pytest.mark.parametrize("backend", EXACT)
def test_bells_inequality_is_violated_by_two_times_root_two(backend: str) -> None:
    program = "input float a; input angle[32] b; qubit[2] q; h q[0]; cx q[0], q[1];"
    program += "ry(-a) q[0]; ry(-b) q[1];"
    system = circuit(program, [{"name": "e", "pauli": {"ZZ": 1}}], "a", "b")
    turns = np.pi / 4 * np.array([[0, 1], [0, -1], [2, 1], [2, -1]])
    signs = np.array([1, 1, 1, -1])
    exact = run(backend, system, turns)
    assert signs @ exact.values[:, 0] == pytest.approx(2 * np.sqrt(2), abs=1e-10)
    sampled = run(backend, system, turns, SHOTS)
    error = np.sqrt((sampled.std_errors**2).sum())
    assert abs(signs @ sampled.values[:, 0] - 2 * np.sqrt(2)) < 5 * error
    assert signs @ sampled.values[:, 0] - 5 * error > 2


def test_stim_measures_the_chsh_operator_of_a_bell_pair() -> None:
    root = 2**0.5
    operator = [{"name": "chsh", "pauli": {"ZZ": root, "XX": root}}]
    system = circuit("qubit[2] q; h q[0]; cx q[0], q[1];", operator)
    assert run("stim", system).values[0, 0] == pytest.approx(2 * root)


GROVER_2 = """qubit[2] q; bit[2] c;
gate oracle a, b { x a; cz a, b; x a; }
gate diffuse a, b { h a; h b; x a; x b; cz a, b; x a; x b; h a; h b; }
h q; oracle q[0], q[1]; diffuse q[0], q[1]; c = measure q;"""
GROVER_3 = """qubit[3] q;
gate oracle a, b, c { ctrl @ negctrl @ z a, b, c; }
gate flip a { h a; x a; }
gate diffuse a, b, c {
    flip a; flip b; flip c; ctrl(2) @ z a, b, c; inv @ flip a; inv @ flip b; inv @ flip c;
}
h q; for int i in [1:2] { oracle q[0], q[1], q[2]; diffuse q[0], q[1], q[2]; }"""


@pytest.mark.parametrize("backend", EXACT)
@pytest.mark.parametrize(
    ("program", "marked", "probability"),
    [
        (GROVER_2, "10", 1.0),
        (GROVER_3, "101", np.sin(5 * np.arcsin(8**-0.5)) ** 2),
    ],
)
def test_grover_finds_what_its_oracle_marks(
    backend: str, program: str, marked: str, probability: float
) -> None:
    system = circuit(program, bits(marked))
    assert run(backend, system).values[0, 0] == pytest.approx(probability, abs=1e-10)
    agree(run(backend, system, run_options=SHOTS), probability)


def test_stim_finds_two_bits_and_refuses_three_for_their_toffoli() -> None:
    assert run("stim", circuit(GROVER_2, bits("10"))).values[0, 0] == 1
    with pytest.raises(ProgramRejected, match="not Clifford") as rejected:
        run("stim", circuit(GROVER_3, bits("101")))
    assert rejected.value.field == "/points/0"


def test_stim_takes_inputs_that_are_clifford_at_the_points() -> None:
    program = "input float a; qubit[2] q; ry(a) q[0]; rzz(2*a) q[0], q[1]; rx(-a/2) q[1];"
    words = [{"name": "x", "pauli": {"X0": 1}}, {"name": "y", "pauli": {"IY": 1, "YI": 0.5}}]
    system = circuit(program, [*words, *bits("00", "11")], "a")
    points = np.pi * np.array([[0], [1], [2], [-1]])
    np.testing.assert_allclose(
        run("stim", system, points).values, run("aer", system, points).values, atol=1e-12
    )
    with pytest.raises(ProgramRejected, match=r"0\.25") as rejected:
        run("stim", system, [[np.pi], [0.25]])
    assert rejected.value.field == "/points/1"


@pytest.mark.parametrize(
    ("program", "chosen"),
    [
        ("qubit[2] q; gate g a, b { cx a, b; sx b; cy b, a; } g q[0], q[1];", True),
        ("qubit[2] q; gate g a { t a; } h q;", True),
        ("qubit[2] q; gate g a { t a; } g q;", False),
        ("qubit[2] q; rz(pi/2) q;", False),
        ("qubit[3] q; ccx q[0], q[1], q[2];", False),
        ("qubit[2] q; ctrl @ h q[0], q[1];", False),
        ("qubit[3] q; gate g a { x a; } ctrl(2) @ g q[0], q[1], q[2];", False),
    ],
)
def test_stim_is_chosen_only_where_a_circuit_is_surely_clifford(program: str, chosen: bool) -> None:
    system = circuit(program, [{"name": "z", "pauli": {"Z0": 1}}])
    asked = Experiment(
        system=system, method="circuit", controls=(), points=np.zeros((1, 0)), observables=("z",)
    )
    able = {o.backend for o in options(asked, RunOptions()) if o.cost and o.method == "circuit"}
    assert ("stim" in able) == chosen
    assert "aer" in able


def test_stim_knows_probabilities_of_127_qubits() -> None:
    program = "qubit[127] q; h q[0]; for int i in [0:125] { cx q[i], q[i + 1]; }"
    strings = ["0" * 127, "1" * 127, "0" * 126 + "1"]
    observables: list[dict[str, Any]] = [
        {"name": f"p{i}", "bitstring": s} for i, s in enumerate(strings)
    ]
    observables.append({"name": "x", "pauli": {"X" * 127: 1}})
    system = circuit(program, observables)
    np.testing.assert_array_equal(run("stim", system).values, [[0.5, 0.5, 0, 1]])
    agree(run("stim", system, run_options=SHOTS), [[0.5, 0.5, 0, 1]])


def test_a_document_comes_back_equal_and_engines_stay_unloaded() -> None:
    """The web process only screens: a wrong gate is found where the circuit runs, not there."""
    system = circuit(
        "input float a; qubit[2] q; rx(a) q[0], q[1];", bits("00"), "a"
    )  # rx takes one qubit
    assert systems.load(systems.load(system).to_dict()) == systems.load(system)
    code = f"""
import sys
import numpy as np
from backends import registry, systems
from backends.schema import Experiment, RunOptions
asked = Experiment(system=systems.load({system!r}).to_dict(), method="circuit", controls=("a",),
                   points=np.array([[0.5]]), observables=("p00",))
for name in {CIRCUITS!r}:
    backend = registry.get(name)
    backend.check(asked, RunOptions(shots=10))
    backend.estimate(asked, RunOptions(shots=10))
print(*(set({ENGINES!r}) | {{"openqasm3", "antlr4"}}) & set(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert not done.stdout.strip()
    with pytest.raises(ProgramRejected, match="rx on 2 qubits") as rejected:
        run("aer", system, [[0.5]])
    assert rejected.value.field == "/system/qasm"


@pytest.mark.parametrize("method", ["ed", "evolution", "mean_field", "trotter", "kicked", "vqe"])
def test_methods_that_need_a_hamiltonian_refuse_a_circuit(method: str) -> None:
    backend = registry.get("exact" if method in ABLE["exact"].methods else "aer")
    asked = Experiment(
        system=circuit(GHZ, bits("000")),
        method=method,
        controls=(),
        points=np.zeros((1, 0)),
        observables=("p000",),
    )
    with pytest.raises(ProgramRejected):
        backend.check(asked, RunOptions())
