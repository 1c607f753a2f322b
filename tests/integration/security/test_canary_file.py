"""A file that a circuit names in ``include`` is seen in no answer, row, log or page."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Team
from qtwin.projects.models import Project

CANARY = "canary_9f2c_of_a_secret_file"
PROGRAMS = [
    'OPENQASM 3.0; include "{file}"; qubit[1] q; rx(a) q[0];',
    'OPENQASM 2.0; include "{file}"; qreg q[1]; rx(a) q[0];',
    'OPENQASM 3.0; include "stdgates.inc"; include "{file}"; input float a; qubit q; rx(a) q;',
    'OPENQASM 3; /* " */ include "{file}" ; input float a; qubit q; rx(a) q;',
    'include "{file}"; OPENQASM 3.0; qubit[1] q;',
]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("name", ["secret.inc", "stdgates.inc", "qelib1.inc"])
def test_it_is_not_read(
    *, api: APIClient, team: Team, tmp_path: Path, caplog: Any, program: str, name: str
) -> None:
    caplog.set_level(logging.DEBUG)
    file = tmp_path / name
    file.write_text(f"{CANARY}\n")
    system = {
        "kind": "parametric_circuit",
        "schema_version": 1,
        "qasm": program.format(file=file),
        "controls": [{"name": "a", "unit": "rad", "lower": 0, "upper": 1}],
        "observables": [{"name": "p", "pauli": {"Z0": 1}}],
    }
    body = {"name": "canary", "system": system, "team": str(team.pk)}
    answer = api.post("/api/v1/projects", body, format="json")
    assert answer.status_code == 400, "whatever else it is, it is refused before it is kept"
    assert CANARY not in answer.content.decode() + caplog.text
    assert not Project.objects.filter(name="canary").exists()
