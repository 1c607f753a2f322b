"""What is too large is refused: bodies, lists, circuits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from qtwin.jobs.models import Measurement
from qtwin.projects.models import Project

MIB = 2**20


def test_a_body_above_one_mebibyte_is_refused_and_one_below_is_read(
    api: APIClient, project: Project
) -> None:
    def post(size: int) -> Any:
        start = '{"source": "'
        body = start + "x" * (size - len(start) - 2) + '"}'
        place = f"/api/v1/projects/{project.pk}/jobs"
        return api.post(place, body, content_type="application/json")

    refused = post(MIB + 1)
    assert refused.status_code == 413
    assert str(MIB) in refused.json()["detail"]
    assert post(MIB).status_code == 400


def test_a_page_has_at_most_200_rows(
    api: APIClient, project: Project, measure: Callable[..., Measurement]
) -> None:
    for number in range(203):
        measure("hf", 0.5 + number / 1000, -1.0)
    page = api.get(f"/api/v1/projects/{project.pk}/measurements?limit=100000").json()
    assert len(page["results"]) == 200
    assert page["next"]


def test_a_circuit_above_64_kib_is_refused_without_being_read(
    api: APIClient, project: Project
) -> None:
    qasm = "OPENQASM 3.0; qubit[1] q; " + "x q; " * 20_000
    system = {
        "kind": "parametric_circuit",
        "schema_version": 1,
        "qasm": qasm,
        "controls": [{"name": "a", "unit": "rad", "lower": 0, "upper": 1}],
        "observables": [{"name": "p", "pauli": {"Z0": 1}}],
    }
    body = {"name": "big", "system": system, "team": str(project.team_id)}
    answer = api.post("/api/v1/projects", body, format="json")
    assert answer.status_code == 400
    assert "65536" in answer.content.decode() or "64 KiB" in answer.content.decode()
