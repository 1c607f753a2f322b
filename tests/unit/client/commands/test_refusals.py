"""Wrong input is one sentence and an exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qtwin.client.main import main
from tests.unit.backends.conftest import H2

WRONG: list[tuple[list[str], str]] = [
    ([], "--at: nothing; allowed: exactly bond_length=0.3 to 2.5 angstrom"),
    (["--at", "bond_length=1", "--at", "bond_length=2"], "--at: bond_length is given twice"),
    (["--at", "bond_length=1,angle=2"], "--at: bond_length, angle; allowed: exactly bond_length"),
    (["--at", "bond_length=1", "--set", "x=1", "--set", "x=2"], "--set: x is given twice"),
    (["--at", "bond_length=1", "--setting", "x=1", "--setting", "x=2"], "--setting: x is given"),
    (["--at", "bond_length=1", "--seed", "-1"], "--seed: -1; allowed: whole numbers from 0"),
    (["--at", "bond_length=1", "--shots", "0"], "--shots: 0; allowed: whole numbers from 1"),
    (["--at", "angle=1"], "--at: angle; allowed: exactly bond_length"),
    (["--at", "bond_length"], "'bond_length'; allowed: NAME=VALUE"),
    (["--at", "bond_length=x"], "'x'; allowed: a finite number"),
    (["--at", "bond_length=nan"], "'nan'; allowed: a finite number"),
    (["--at", "bond_length=9"], "/points/0/0: bond_length = 9.0; allowed: 0.3 to 2.5"),
    (["--at", "bond_length=1", "--backend", "abacus"], "unknown backend 'abacus'; allowed: "),
    (["--at", "bond_length=1", "--method", "dmrg"], "/method: pyscf has no method 'dmrg'"),
    (["--at", "bond_length=1", "--observable", "spin"], "/observables/0: "),
    (["--at", "bond_length=1", "--set", "noise_gain=3"], "/knobs: pyscf has no knob"),
    (["--at", "bond_length=1", "--setting", "x=1"], "/settings/x: pyscf has no setting"),
    (["--at", "bond_length=1", "--shots", "10"], "/shots: pyscf cannot run 10 shots"),
]


@pytest.mark.parametrize(("more", "sentence"), WRONG)
def test_wrong_input_is_one_sentence_and_status_2(
    fci: list[str], more: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*fci, *more]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_an_unknown_backend_is_named_where_the_method_is_open(
    h2_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", h2_file, "--at", "bond_length=1", "--backend", "abacus"]) == 2
    assert "unknown backend 'abacus'; allowed: aer, " in capsys.readouterr().err


def test_a_circuit_is_validated_to_its_last_gate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; h q[0]; cx q[0], q[%d];'
    document = {
        "kind": "parametric_circuit",
        "schema_version": 1,
        "observables": [{"name": "zz", "pauli": {"ZZ": 1}}],
    }
    path = tmp_path / "circuit.json"
    path.write_text(json.dumps({**document, "qasm": program % 1}))
    assert main(["system", "validate", str(path)]) == 0
    path.write_text(json.dumps({**document, "qasm": program % 5}))
    capsys.readouterr()
    for command in (["system", "validate"], ["system", "show"], ["evaluate", "--method=circuit"]):
        backend = ["--backend=aer"] if command[0] == "evaluate" else []
        assert main([*command, str(path), *backend]) == 2
        assert capsys.readouterr().err == "qtwin: /qasm: line 1: q[5]; allowed: 0 to 1\n"


def test_a_system_that_is_too_large_is_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "spins.json"
    spins = {"kind": "spin_lattice", "schema_version": 1, "model": "ising", "geometry": "chain"}
    path.write_text(json.dumps({**spins, "sites": 40, "parameters": {"hx": 1}}))
    line = ["evaluate", str(path), "--method=vqe", "--backend=aer", "--json"]
    assert main(line) == 2
    assert json.loads(capsys.readouterr().out)["errors"][0]["pointer"] == "SYSTEM"


@pytest.mark.parametrize(
    ("content", "word"),
    [("{", "not JSON"), ("[1]", "no JSON object"), ('{"kind": NaN}', "NaN"), (None, "No such")],
)
def test_a_file_that_holds_no_system_is_named(
    tmp_path: Path, content: str | None, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "system.json"
    if content is not None:
        path.write_text(content)
    assert main(["system", "validate", str(path)]) == 2
    assert word in capsys.readouterr().err


def test_errors_are_documents_with_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps({**H2, "basis": "x"}))
    assert main(["system", "validate", str(path), "--json"]) == 2
    body: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert body["errors"][0]["pointer"] == "/basis"


@pytest.mark.parametrize("wrong", [["--observable", "enrgy"], ["--at", "field=9"]])
def test_a_mistake_is_named_once_when_the_source_is_open(
    ising_file: str, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["evaluate", ising_file, *wrong]
    assert main(line if "--at" in wrong else [*line, "--at", "field=1"]) == 2
    assert capsys.readouterr().err.count("allowed") == 1


def test_sources_that_refuse_for_one_reason_say_it_once(
    ising_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", ising_file, "--at", "field=1", "--method", "trotter"]) == 2
    said = capsys.readouterr().err
    assert said.count("evolves a state in time") == 1
    assert "trotter on aer" in said
    assert "trotter on cirq" in said


def test_a_refusal_names_only_what_can_be_asked(
    ising_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["evaluate", ising_file, "--at", "field=1", "--backend", "aer", "--method", "adiabatic"]
    assert main([*line, "--observable", "entanglement_entropy"]) == 2
    said = capsys.readouterr().err
    assert "energy_per_site" in said
    assert "hamiltonian" not in said
