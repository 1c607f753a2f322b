"""Numbers as the command line prints them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qtwin.client.main import main
from tests.contract.cases import ISING


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


def test_a_reader_that_stops_early_sees_no_traceback() -> None:
    line = [sys.executable, "-m", "qtwin.client.main", "backends", "--json"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_the_command_starts_quickly_and_loads_no_engine() -> None:
    code = (
        "import sys; from qtwin.client.main import main; main(['backends']);"
        "print({'django', 'qiskit', 'pyscf', 'cirq', 'scipy', 'celery'} & set(sys.modules))"
    )
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
    assert time.perf_counter() - began < 10


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


def test_provenance_names_the_packages_that_computed(
    ising_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["evaluate", ising_file, "--at", "field=1", "--backend", "cirq", "--json"]
    assert main([*line, "--method", "adiabatic"]) == 0
    assert set(json.loads(capsys.readouterr().out)["provenance"]["versions"]) == {
        "cirq-core",
        "numpy",
    }
