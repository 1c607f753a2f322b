"""A circuit of a user as a project: screened by the web process, parsed and run in the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Team
from qtwin.jobs.models import Job, Measurement, State

BELL: dict[str, Any] = {
    "kind": "parametric_circuit",
    "schema_version": 1,
    "qasm": """OPENQASM 3.0;
include "stdgates.inc";
input float a;
qubit[2] q;
h q[0]; cx q[0], q[1]; ry(-a) q[0];
""",
    "observables": [
        {"name": "zz", "pauli": {"ZZ": 1}},
        {"name": "both", "label": "Both down", "bitstring": "11"},
    ],
    "controls": [{"name": "a", "label": "Angle", "unit": "rad", "lower": 0.0, "upper": 5.0}],
}
ANGLES = (np.pi / 2 * np.arange(4)).tolist()


def test_a_circuit_is_measured_exactly_and_by_shots(
    api: APIClient, team: Team, work: Callable[[], None]
) -> None:
    made = api.post("/api/v1/projects", {"name": "Bell", "system": BELL}, format="json")
    assert made.status_code == 201, made.content
    place = made["Location"]
    source = {"name": "s", "role": "reference", "backend": "stim", "method": "circuit"}
    assert api.post(f"{place}/sources", source, format="json").status_code == 201
    for shots in (None, 2000):
        job = {"source": "s", "points": ANGLES, "observables": ["zz", "both"], "shots": shots}
        answer = api.post(f"{place}/jobs", job, format="json")
        assert answer.status_code == 202, answer.content
    work()
    assert set(Job.objects.values_list("state", flat=True)) == {State.DONE}
    rows = list(Measurement.objects.select_related("observable"))
    assert len(rows) == 2 * 2 * len(ANGLES)
    for row in rows:
        wanted = np.cos(row.point[0])
        wanted = wanted if row.observable.name == "zz" else (1 + wanted) / 4
        assert abs(row.value - wanted) <= 5 * row.std + 1e-12
        assert (row.std > 0) == (row.shots is not None)


@pytest.mark.parametrize("text", ['include "{}";', "x q[0]; gate g a {{ g a; }} // {}"])
def test_a_bad_circuit_is_refused_by_its_field_and_shows_no_file(
    api: APIClient, team: Team, tmp_path: Any, text: str
) -> None:
    canary = tmp_path / "canary.inc"
    canary.write_text("CANARY")
    bad = {**BELL, "qasm": BELL["qasm"] + text.format(canary)}
    refused = api.post("/api/v1/projects", {"name": "Bad", "system": bad}, format="json")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "/system/qasm"
    assert b"CANARY" not in refused.content
    assert str(canary).encode() not in refused.content


def test_a_program_that_only_its_parser_refuses_fails_its_job_with_a_sentence(
    api: APIClient, team: Team, work: Callable[[], None]
) -> None:
    wrong = {**BELL, "qasm": BELL["qasm"] + "rx(1) q[0], q[1];"}
    place = api.post("/api/v1/projects", {"name": "Bad", "system": wrong}, format="json")[
        "Location"
    ]
    source = {"name": "s", "role": "reference", "backend": "stim", "method": "circuit"}
    assert api.post(f"{place}/sources", source, format="json").status_code == 201
    job = {"source": "s", "points": [0.0], "observables": ["zz"]}
    assert api.post(f"{place}/jobs", job, format="json").status_code == 202
    work()
    (failed,) = Job.objects.all()
    assert failed.state == State.FAILED
    assert "rx on 2 qubits; allowed: 1" in str(vars(failed))
    assert not Measurement.objects.exists()
