"""What there is: backends, methods, sources and systems."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qtwin.client.main import main
from tests.contract.cases import ISING


@pytest.mark.parametrize("command", ["backends", "methods"])
def test_what_there_is_is_listed(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command]) == 0
    assert "vqe" in capsys.readouterr().out
    assert main([command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)


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


def test_long_words_are_spelt_by_their_qubits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "long.json"
    path.write_text(json.dumps({**ISING, "geometry": "chain", "sites": 100}))
    assert main(["system", "show", str(path), "--at", "field=0.5"]) == 0
    printed = capsys.readouterr().out
    assert "  -1  Z0 Z1\n" in printed
    assert max(map(len, printed.splitlines())) < 1000
