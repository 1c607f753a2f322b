"""Circuits that are refused: by field, with a sentence, at once, and without opening a file."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends import registry, systems
from backends.errors import ProgramRejected
from backends.schema import Experiment, RunOptions
from tests.thread_seconds import least_thread_seconds
from tests.unit.backends.test_parametric_circuit import HEAD, bits, circuit

MOST_SECONDS = 0.1
Q = "qubit[2] q; "
DOUBLED = "gate g0 a { x a; x a; } " + " ".join(
    f"gate g{k + 1} a {{ g{k} a; g{k} a; }}" for k in range(29)
)
EMPTY = DOUBLED.replace("{ x a; x a; }", "{ }")
CHAIN = "gate g0 a { x a; } " + " ".join(f"gate g{k + 1} a {{ g{k} a; }}" for k in range(500))

SCREENED = {
    "file": (f'include "/etc/passwd"; {Q}', "include"),
    "file without spaces": (f'include"/etc/passwd";{Q}', "include"),
    "file after comments": (f'include/*x*/\n\t//y\n"../../etc/passwd" ; {Q}', "include"),
    "file in other quotes": (f"include '/etc/passwd'; {Q}", "character"),
    "file in a gate": (f'gate g a {{ include "/etc/passwd"; }} {Q}', "include"),
    "standard gates from elsewhere": (f'include "./stdgates.inc"; {Q}', "include"),
    "standard gates in capitals": (f'include "STDGATES.INC"; {Q}', "include"),
    "null byte": (f'include "stdgates.inc\0/etc/passwd"; {Q}', "include"),
    "include in capitals": (f'INCLUDE "/etc/passwd"; {Q}', "quoted text"),
    "line continuation": (f'inc\\\nlude "/etc/passwd"; {Q}', "character"),
    "full-width letters": (f'ｉｎｃｌｕｄｅ "/etc/passwd"; {Q}', "character"),
    "zero-width space": (f'inc\u200blude "/etc/passwd"; {Q}', "character"),
    "right-to-left mark": (f"{Q} x q[0]; // fine\n\u202e;", "character"),
    "lone surrogate": (f"{Q} x q\ud800;", "character"),
    "calibration": (f'defcalgrammar "openpulse"; {Q}', "defcalgrammar"),
    "pragma": (f"pragma include /etc/passwd\n{Q}", "pragma"),
    "annotation": (f"@file /etc/passwd\n{Q}", "no gate"),
    "comment without an end": (f"{Q} /* x q;", "comment"),
    "text without an end": (f'{Q} include "stdgates.inc', "text"),
    "gate doubling": (f"{DOUBLED} {Q} g29 q[0];", r"1\.07e\+09 gates"),
    "doubling of nothing": (f"{EMPTY} {Q} g29 q[0];", "e.08 gates"),
    "doubling by pow": (f"{Q} pow(1000000000) @ x q[0];", "gates"),
    "pow of pow": (f"{Q} pow(99999) @ pow(99999) @ x q[0];", "gates"),
    "huge loop": (f"{Q} for int i in [0:1000000000] x q[0];", "gates"),
    "nested loops": (
        f"const int n = 999; {Q} for int i in [1:n] {{ for int j in [1:n] {{ x q[0]; }} }}",
        "gates",
    ),
    "loops of nothing": (f"{Q} for int i in [0:99999] for int j in [0:99999] {{ }}", "gates"),
    "a deep chain of gates": (f"{CHAIN} {Q} g500 q[0];", "deep"),
    "deep parentheses": (f"{Q} rx({'(' * 5000}1{')' * 5000}) q[0];", "deep"),
    "deep braces": ("for int i in [0:1] {" * 500 + "}" * 500 + Q, "deep"),
    "unbalanced": (f"{Q} rx((1) q[0];", "closes|closed"),
    "recursion": (f"gate g a {{ g a; }} {Q} g q[0];", "'g' is no gate"),
    "mutual recursion": (f"gate f a {{ g a; }} gate g a {{ f a; }} {Q} g q[0];", "'g' is no gate"),
    "undefined gate": (f"{Q} hadamard q[0];", "'hadamard' is no gate"),
    "no library": ("", "'x' is no gate"),
    "missing semicolon": (f"{Q} x q[0]", "instead of"),
    "reset": (f"{Q} reset q;", "line 3: reset is not read; allowed: .*barrier"),
    "if": (f"{Q} bit c; c = measure q[0]; if (c) x q[1];", "if is not read"),
    "while": (f"{Q} while (true) x q[0];", "while is not read"),
    "def": (f"def f(qubit a) {{ x a; }} {Q}", "def is not read"),
    "output": (f"output float a; {Q}", "output"),
    "unused input": (f"input float a; {Q} x q;", "used nowhere"),
    "no control for an input": (f"input float b; {Q} rx(b) q;", "no control"),
    "complex input": (f"input complex a; {Q} x q;", "complex"),
    "no qubits": ("bit c;", "no qubits"),
    "too many qubits": ("qubit[100000] q; x q;", "1024 together"),
    "negative register": ("qubit[-3] q; x q;", "1024 together"),
    "size of an input": ("input float a; qubit[a] q; rx(a) q;", "not defined"),
    "not a number": (f"const float x = 0/0; {Q} rx(x) q;", "division by 0"),
    "float division by zero": (f"const float x = 1.0/0; {Q} rx(x) q;", "finite"),
    "float overflow": (f"const float x = 1e308*10; {Q} rx(x) q;", "finite"),
    "infinite literal": (f"const float x = 1e999; {Q} rx(x) q;", "finite"),
    "huge power": (f"const int x = 9**9**9; {Q} rx(x) q;", "finite|integer"),
    "root of a negative number": (f"const float x = sqrt(-1); {Q} rx(x) q;", "finite"),
    "rounded division": (f"const int n = 3/2; {Q} x q;", "rounded"),
    "too many words": (f"{Q} " + "x;" * 30_000, "words"),
    "too long": (f"{Q} //" + "x" * 70_000, "characters"),
    "nothing but noise": ("(" * 60_000, "words|deep"),
}
PARSED = {
    "version": ("OPENQASM 2.0; qubit q;", "OPENQASM"),
    "wrong number of angles": (f"{Q} rx q[0];", "rx with 0 angles; allowed: 1"),
    "too many angles": (f"{Q} x(1) q[0];", "x with 1 angles; allowed: 0"),
    "too many qubits": (f"{Q} x q[0], q[1];", "x on 2 qubits; allowed: 1"),
    "too few qubits": (f"{Q} cx q[0];", "cx on 1 qubits; allowed: 2"),
    "one qubit twice": (f"{Q} cx q[0], q[0];", "twice"),
    "one qubit twice by registers": (f"{Q} cx q, q;", "twice"),
    "control on its target": (f"{Q} ctrl @ x q[1], q[1];", "twice"),
    "no such qubit": (f"{Q} x q[2];", "allowed: 0 to 1"),
    "no such register": (f"{Q} x r;", "allowed: q"),
    "different registers": (f"{Q} qubit[3] r; cx q, r;", "different sizes"),
    "unknown name": (f"{Q} rx(b) q[0];", "'b' is not defined"),
    "unknown function": (f"{Q} rx(eval(1)) q[0];", "'eval' is no function"),
    "an attribute": (f"{Q} rx(__class__) q[0];", "__class__"),
    "input in a definition": (f"input float a; gate g b {{ rx(a) b; }} {Q} g q;", "'a' is not"),
    "register in a definition": (f"{Q} gate g b {{ x q; }} g q[0];", "no qubit"),
    "index by an input": (f"input float a; {Q} rx(a) q; x q[a];", "known beforehand"),
    "loop to an input": (f"input float a; {Q} for int i in [0:a] x q;", "known beforehand"),
    "loop without a step": (f"{Q} for int i in [0:0:3] x q[0];", "step of 0"),
    "gate after measurement": (f"{Q} measure q[0]; h q[0];", "measure at the end"),
    "loop over measurement": (f"{Q} for int i in [0:1] {{ x q; measure q; }}", "at the end"),
    "controls of U": (f"{Q} ctrl @ U(1, 2, 3) q[0], q[1];", "phase"),
    "too many controls": ("qubit[9] q; ctrl(8) @ x q;", "ctrl|controls"),
    "fractional power": (f"{Q} pow(0.5) @ x q[0];", "whole number"),
    "name taken twice": (f"{Q} qubit q;", "twice"),
    "name of a constant": ("qubit pi;", "twice"),
    "gate of the library": (f"gate h a {{ x a; }} {Q}", "library"),
    "integers in a product": (f"{Q} rx(2**53 * 2**53) q[0];", "integer"),
    "empty expression": (f"{Q} rx() q[0];", "angles"),
    "half an expression": (f"{Q} rx(1 +) q[0];", "expected"),
    "loops without braces": (f"{Q} " + "for int i in [0:0] " * 25 + "x q;", "deep"),
}


def asked(system: dict[str, Any]) -> Experiment:
    names = tuple(control["name"] for control in system["controls"])
    return Experiment(
        system=system,
        method="circuit",
        controls=names,
        points=np.full((1, len(names)), 0.5),
        observables=("p",),
    )


def system_of(program: str) -> dict[str, Any]:
    inputs = ["a"] if "float a;" in program or "input complex" in program else []
    plain = "OPENQASM" in program or program == ""
    document = circuit(program, [{"name": "p", "bitstring": "00"}], *inputs)
    document["observables"] = [{"name": "p", "pauli": {"I0": 1}}]
    return {**document, "qasm": program or "qubit[2] q; x q;"} if plain else document


def refusal_of(complaint: str, call: Callable[[], object]) -> ProgramRejected:
    """How `call` is refused, at once."""
    refused: list[ProgramRejected] = []

    def refusal() -> None:
        with pytest.raises(ProgramRejected, match=complaint) as rejected:
            call()
        refused.append(rejected.value)

    assert least_thread_seconds(refusal) < MOST_SECONDS
    return refused[-1]


@pytest.fixture(autouse=True, scope="module")
def _imported() -> None:
    """The first program that is read imports its reader."""
    systems.load(circuit("qubit[2] q; x q;", bits("00")))


@pytest.mark.parametrize("name", SCREENED)
def test_a_bad_program_is_refused_before_anything_parses_it(name: str) -> None:
    program, complaint = SCREENED[name]
    document = system_of(program)
    rejected = refusal_of(complaint, lambda: systems.load(document))
    assert rejected.field == "/qasm"
    assert "passwd" not in str(rejected)
    assert len(str(rejected)) < 600


@pytest.mark.parametrize("name", PARSED)
def test_a_wrong_program_is_refused_before_it_runs(name: str) -> None:
    program, complaint = PARSED[name]
    document = system_of(program)
    registry.get("aer").check(asked(document), RunOptions())
    aer = registry.get("aer")
    rejected = refusal_of(complaint, lambda: aer.submit(asked(document), RunOptions(), token="t"))
    assert rejected.field == "/system/qasm"
    assert str(rejected).startswith("line ")


@pytest.mark.parametrize(
    "include", ['include "{}";', 'include"{}" ;', 'gate g a {{ include "{}"; }}']
)
def test_a_canary_file_is_never_read(tmp_path: Path, include: str) -> None:
    canary = tmp_path / "stdgates.inc"
    canary.write_text("CANARY of a secret file\n")
    for program in (include.format(canary), include.format(f"../{canary}")):
        with pytest.raises(ProgramRejected) as rejected:
            systems.load(system_of(f"{program} {Q} x q;"))
        assert "CANARY" not in str(rejected.value)
        assert str(tmp_path) not in str(rejected.value)


def test_40_qubits_are_refused_by_state_vectors_with_the_numbers() -> None:
    document = circuit("qubit[40] q; h q;", bits("0" * 40))
    document["observables"][0]["name"] = "p"
    own = {"aer": {"simulation": "statevector"}}
    for backend in ("aer", "cirq", "braket-sv", "qsim"):
        experiment = replace(asked(document), settings=own.get(backend, {}))
        check = partial(registry.get(backend).check, experiment, RunOptions())
        assert refusal_of(r"40 qubits .*allowed: at most", check).field == "/system"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"qasm": 7}, "/qasm"),
        ({"qasm": ""}, "/qasm"),
        ({"observables": []}, "/observables"),
        ({"observables": [{"name": "p", "pauli": {"ZZZ": 1}}]}, "/observables/0/pauli/ZZZ"),
        ({"observables": [{"name": "p", "bitstring": "0"}]}, "/observables/0/bitstring"),
        ({"state": {"kind": "ground"}}, "/state"),
        ({"schema_version": 2}, "/schema_version"),
    ],
)
def test_other_fields_are_checked_too(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ProgramRejected) as rejected:
        systems.load({**system_of(f"{Q} x q;"), **changes})
    assert rejected.value.field == field


def test_controls_are_exactly_the_inputs() -> None:
    document = circuit("input float a; qubit[2] q; rx(a) q;", bits("00"), "a", "b")
    with pytest.raises(ProgramRejected, match=r"'b'.*allowed: a") as rejected:
        systems.load(document)
    assert rejected.value.field == "/controls/1/name"


def test_an_angle_that_is_not_finite_is_refused_at_its_point() -> None:
    document = circuit("input float a; qubit[2] q; rx(1/a) q;", bits("00"), "a")
    document["observables"][0]["name"] = "p"
    experiment = Experiment(
        system=document, method="circuit", controls=("a",), points=np.array([[1.0], [0.0]]),
        observables=("p",),
    )  # fmt: skip
    with pytest.raises(ProgramRejected, match="line 3") as rejected:
        registry.get("aer").submit(experiment, RunOptions(), token="t")
    assert rejected.value.field == "/points/1"


PIECES = [
    *("gate", "g", "q", "x", "cx", "for", "int", "in", "[", "]", "{", "}", "(", ")", ";", ","),
    *("ctrl", "@", "pow", "inv", "1", "2.5", "+", "-", "**", "/", "measure", "->", "qubit", "pi"),
    *("include", '"stdgates.inc"', "input", "float", "a", "const", "=", ":", "\n", "barrier", "U"),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60), st.booleans())
def test_any_soup_of_words_is_read_or_refused(words: list[str], head: bool) -> None:
    program = (HEAD + Q if head else "") + " ".join(words)
    document = {**system_of(Q), "qasm": program or " "}
    with contextlib.suppress(ProgramRejected):
        systems.load(document)
        registry.get("aer").submit(asked(document), RunOptions(), token="t")
