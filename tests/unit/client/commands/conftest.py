"""Systems in files, as the command line reads them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

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


@pytest.fixture
def ising_file(tmp_path: Path) -> str:
    path = tmp_path / "ising.json"
    path.write_text(json.dumps(ISING))
    return str(path)


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
