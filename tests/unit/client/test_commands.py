"""The command line as a user meets it: numbers, sentences and exit statuses."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from qtwin.client.main import main
from tests.contract.cases import ISING
from tests.unit.backends.conftest import H2


@pytest.fixture
def h2_file(tmp_path: Path) -> str:
    path = tmp_path / "h2.json"
    path.write_text(json.dumps(H2))
    return str(path)


@pytest.fixture
def fci(h2_file: str) -> list[str]:
    return ["evaluate", h2_file, "--backend", "pyscf", "--method", "fci"]


def test_fci_is_printed_with_its_unit(fci: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*fci, "--at", "bond_length=0.7414"]) == 0
    printed = capsys.readouterr().out
    value, unit = printed.splitlines()[0].split("energy = ")[1].split()
    assert float(value) == pytest.approx(-1.137270, abs=1e-6)
    assert unit == "hartree"
    assert "pyscf" in printed


def test_a_sampled_energy_has_an_error_and_a_seed(
    h2_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["evaluate", h2_file, "--backend", "fake-ibm", "--method", "vqe", "--json"]
    more = ["--at", "bond_length=0.7,1.5", "--shots", "500", "--seed", "3", "--set", "noise_gain=3"]
    assert main([*line, *more, "--setting", "device=FakeLagosV2"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [row["point"]["bond_length"] for row in document["results"]] == [0.7, 1.5]
    assert all(row["std"] > 0 for row in document["results"])
    assert document["seed"] == 3
    assert document["provenance"]["details"]["device"] == "FakeLagosV2"


def test_a_system_is_read_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(ISING)))
    line = ["evaluate", "-", "--backend", "exact", "--method", "ed", "--at", "field=1"]
    assert main([*line, "--observable", "energy"]) == 0
    assert "energy = -4.758770" in capsys.readouterr().out  # 1 - 1 / sin(pi / 18)


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


def test_a_reader_that_stops_early_sees_no_traceback() -> None:
    line = [sys.executable, "-m", "qtwin.client.main", "backends", "--json"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


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


@pytest.mark.parametrize("command", ["backends", "methods"])
def test_what_there_is_is_listed(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command]) == 0
    assert "vqe" in capsys.readouterr().out
    assert main([command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)


def test_the_command_starts_quickly_and_loads_no_engine() -> None:
    code = (
        "import sys; from qtwin.client.main import main; main(['backends']);"
        "print({'django', 'qiskit', 'pyscf', 'cirq', 'scipy', 'celery'} & set(sys.modules))"
    )
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
    assert time.perf_counter() - began < 2


@pytest.fixture
def ising_file(tmp_path: Path) -> str:
    path = tmp_path / "ising.json"
    path.write_text(json.dumps(ISING))
    return str(path)


def test_without_a_method_the_best_source_answers_and_says_why(
    ising_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", ising_file, "--at", "field=1"]) == 0
    printed = capsys.readouterr()
    assert "energy = -4.758770" in printed.out  # 1 - 1 / sin(pi / 18)
    assert "exact" in printed.err


def test_a_method_alone_finds_its_backend(
    ising_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["evaluate", ising_file, "--at", "field=1", "--json"]
    assert main([*line, "--method", "mean_field"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["method"], document["provenance"]["backend"]) == ("mean_field", "exact")
    assert main([*line, "--method", "astrology"]) == 2
    assert "allowed: auto, " in capsys.readouterr().out


def test_a_setting_is_a_number_where_it_looks_like_one(
    ising_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["evaluate", ising_file, "--at", "field=1", "--backend", "aer", "--method", "adiabatic"]
    assert main([*line, "--setting", "duration=3", "--setting", "order=1"]) == 0
    assert main([*line, "--setting", "duration=long"]) == 2
    assert "allowed: a number from" in capsys.readouterr().err


def test_every_source_is_explained_with_its_cost_or_its_refusal(
    ising_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", ising_file, "--at", "field=1", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["chosen"]["accuracy"] == "exact"
    by_name = {(row["backend"], row["method"]): row for row in document["options"]}
    assert by_name["exact", "mean_field"]["accuracy"] == "approximate"
    assert by_name["exact", "mean_field"]["seconds"] > 0
    assert "molecule" in by_name["pyscf", "hf"]["refusal"]
    assert main(["explain", ising_file, "--at", "field=1", "--all"]) == 0
    assert "refuses: " in capsys.readouterr().out


def test_a_system_is_shown_with_its_hamiltonian_symmetries_and_costs(
    h2_file: str, ising_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["system", "show", ising_file, "--at", "field=2"]) == 0
    printed = capsys.readouterr().out
    assert "4 qubits, 7 terms, sum of |c| 11" in printed  # 3 bonds and 4 fields of 2
    assert "-2  IIIX" in printed
    assert "parities: XXXX" in printed
    assert "mean_field on exact" in printed
    assert main(["system", "show", h2_file, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["qubits"], len(document["hamiltonian"])) == (4, 15)
    numbers = document["symmetries"]["fixed_numbers"]
    assert numbers == [{"qubits": [0, 1], "ones": 1}, {"qubits": [2, 3], "ones": 1}]
    assert document["sources"]["chosen"]["method"] == "fci"


def test_one_backend_is_listed_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backends"]) == 0
    assert len(capsys.readouterr().out) < 2500
    assert main(["backends", "fake-ibm"]) == 0
    said = capsys.readouterr().out
    assert "FakeManilaV2" in said
    assert "--set noise_gain=…  1 to 9" in said
    assert main(["backends", "zne+fake-ibm", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "zne+fake-ibm"
    assert main(["backends", "abacus"]) == 2


TWO_FIELDS = {
    **ISING,
    "parameters": {"hx": "field", "hz": "bias"},
    "controls": [
        *ISING["controls"],
        {"name": "bias", "label": "Bias", "unit": "dimensionless", "lower": 0.0, "upper": 1.0},
    ],
}


@pytest.fixture
def two_fields(tmp_path: Path) -> list[str]:
    path = tmp_path / "two.json"
    path.write_text(json.dumps(TWO_FIELDS))
    return ["evaluate", str(path), "--backend", "exact", "--method", "ed", "--json"]


def test_controls_are_given_together_or_one_by_one(
    two_fields: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    answers = []
    for at in (["field=0.5,1,bias=0,0.25"], ["field=0.5,1", "bias=0,0.25"]):
        assert main([*two_fields, *(part for text in at for part in ("--at", text))]) == 0
        answers.append(json.loads(capsys.readouterr().out)["results"])
    assert answers[0] == answers[1]
    assert answers[0][1]["point"] == {"field": 1.0, "bias": 0.25}


def test_a_system_without_controls_is_one_point(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "fixed.json"
    path.write_text(json.dumps({**ISING, "parameters": {"hx": 1.0}, "controls": []}))
    line = ["evaluate", str(path), "--backend", "exact", "--method", "ed"]
    assert main([*line, "--observable", "energy"]) == 0
    assert "energy = -4.758770" in capsys.readouterr().out  # 1 - 1 / sin(pi / 18)
    assert main(["system", "show", str(path)]) == 0
    assert "4 qubits" in capsys.readouterr().out
    assert main([*line, "--at", "field=1"]) == 2
    assert "--at: field; allowed: exactly nothing" in capsys.readouterr().err


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


def test_a_setting_may_be_a_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    array = {
        "kind": "rydberg_array",
        "schema_version": 1,
        "geometry": "chain",
        "atoms": 1,
        "spacing": 6,
        "rabi": 1.0,
        "detuning": 0.0,
        "state": {"kind": "evolved", "time": 0.5},
        "controls": [],
    }
    path = tmp_path / "atom.json"
    path.write_text(json.dumps(array))
    line = ["evaluate", str(path), "--backend", "braket-ahs", "--method", "ahs", "--shots", "100"]
    more = ["--observable", "density", "--setting", "limits=none", "--seed", "1"]
    assert main([*line, *more, "--setting", "readout_error=[0.02, 0.1]"]) == 0
    assert "density = " in capsys.readouterr().out


def test_a_refusal_names_only_what_can_be_asked(
    ising_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["evaluate", ising_file, "--at", "field=1", "--backend", "aer", "--method", "adiabatic"]
    assert main([*line, "--observable", "entanglement_entropy"]) == 2
    said = capsys.readouterr().err
    assert "energy_per_site" in said
    assert "hamiltonian" not in said


def test_provenance_names_the_packages_that_computed(
    ising_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["evaluate", ising_file, "--at", "field=1", "--backend", "cirq", "--json"]
    assert main([*line, "--method", "adiabatic"]) == 0
    assert set(json.loads(capsys.readouterr().out)["provenance"]["versions"]) == {
        "cirq-core",
        "numpy",
    }


def test_long_words_are_spelt_by_their_qubits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "long.json"
    path.write_text(json.dumps({**ISING, "geometry": "chain", "sites": 100}))
    assert main(["system", "show", str(path), "--at", "field=0.5"]) == 0
    printed = capsys.readouterr().out
    assert "  -1  Z0 Z1\n" in printed
    assert max(map(len, printed.splitlines())) < 1000
