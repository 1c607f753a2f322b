"""Bad input gets a 4xx problem+json that names the field, and leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from backends import registry
from qtwin.accounts.models import User
from qtwin.jobs.models import Job
from qtwin.projects.demo.h2 import SYSTEM
from qtwin.projects.models import Project, Source

PROBLEM = "application/problem+json"
ATOMS_APART_BY: Callable[[Any], list[dict[str, Any]]] = lambda z: [  # noqa: E731 - a table entry
    {"element": "H", "position": [0, 0, 0]},
    {"element": "H", "position": [0, 0, z]},
]


def problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == PROBLEM
    body: dict[str, Any] = json.loads(response.content)
    assert body["status"] == status
    return body


def pointers(body: dict[str, Any]) -> list[str]:
    return [error["pointer"] for error in body["errors"]]


JOBS = [
    ({"source": "nope", "points": [0.7]}, "/source", "allowed: hf, mp2, ccsd, fci"),
    ({"source": "fci", "points": [-0.7]}, "/points/0/0", "-0.7"),
    ({"source": "fci", "points": [0.7, 2.6]}, "/points/1/0", "2.5"),
    ({"source": "fci", "points": []}, "/points", "not empty"),
    ({"source": "fci", "points": ["x"]}, "/points/0", "'x'"),
    ({"source": "fci", "points": [True]}, "/points/0", "True"),
    ({"source": "fci", "points": [[0.7, 0.8]]}, "/points/0", "one number"),
    ({"source": "fci", "points": [0.7], "shots": 100}, "/shots", "100"),
    ({"source": "vqe-ideal", "points": [0.7], "shots": 0}, "/shots", "1"),
    ({"source": "vqe-ideal", "points": [0.7], "shots": 4000, "state": "DONE"}, "/state", "unknown"),
    ({"source": "fci", "points": [0.7], "observables": ["spin"]}, "/observables/0", "energy"),
    ({"source": "fci", "points": [0.7], "knobs": {"noise_gain": 3}}, "/knobs", "noise_gain"),
    (
        {"source": "vqe-noisy", "points": [0.7], "shots": 10, "knobs": {"noise_gain": 99}},
        "/knobs/noise_gain/0",
        "99",
    ),
    (
        {"source": "vqe-noisy", "points": [0.7], "shots": 10, "knobs": {"noise_gain": [1, 1]}},
        "/knobs/noise_gain",
        "one per point",
    ),
    ({"points": [0.7]}, "/source", "required"),
]


@pytest.mark.parametrize(("body", "pointer", "word"), JOBS)
def test_a_wrong_job_is_refused_by_field(
    api: APIClient, project: Project, body: dict[str, Any], pointer: str, word: str
) -> None:
    response = api.post(f"/api/v1/projects/{project.pk}/jobs", body, format="json")
    answer = problem(response, 400)
    assert pointer in pointers(answer)
    assert word in json.dumps(answer)
    assert not Job.objects.exists()


def test_a_million_points_are_refused_by_name(api: APIClient, project: Project) -> None:
    body = {"source": "fci", "points": [0.7] * 1_000_000}
    response = api.post(f"/api/v1/projects/{project.pk}/jobs", body, format="json")
    assert pointers(problem(response, 413)) == ["/points"]


def test_more_points_than_a_job_may_have_are_refused_by_name(
    api: APIClient, project: Project
) -> None:
    body = {"source": "fci", "points": [0.7] * 10_001}
    response = api.post(f"/api/v1/projects/{project.pk}/jobs", body, format="json")
    answer = problem(response, 400)
    assert pointers(answer) == ["/points"]
    assert "10001 points; allowed: at most 10000" in answer["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        (b'{"source": "fci", "points": [0.7, NaN]}', "/points/1"),
        (b'{"source": "fci", "points": [Infinity]}', "/points/0"),
        (b'{"source": "fci", "points": [1e999]}', "/points/0"),
        (b'{"source": "fci", "points": [1' + 400 * b"0" + b"]}", "/points/0"),
        (b'{"source": "fci", "points": [0.7], "knobs": {"a": 1' + 400 * b"0" + b"}}", "/knobs/a"),
        (b'{"source": "fci", "source": "hf", "points": [0.7]}', "/source"),
        (b'{"source": "f\\u0000i", "points": [0.7]}', "/source"),
        (b'{"source": "\\ud800", "points": [0.7]}', "/source"),
        (b'{"source": "fci", "points": [0.7], "\\udfff": 1}', ""),
        (b'{"\\ud800": 1, "\\ud800": 2}', ""),
    ],
)
def test_json_that_is_not_plain_is_refused_by_field(
    api: APIClient, project: Project, raw: bytes, pointer: str
) -> None:
    response = api.post(f"/api/v1/projects/{project.pk}/jobs", raw, content_type="application/json")
    assert pointers(problem(response, 400)) == [pointer]


@pytest.mark.parametrize(
    "raw", [b"{", b"\xff", b"[" * 5000 + b"]" * 5000, b"[1" + b"0" * 5000 + b"]"]
)
def test_a_body_that_is_no_json_is_refused(api: APIClient, project: Project, raw: bytes) -> None:
    response = api.post(f"/api/v1/projects/{project.pk}/jobs", raw, content_type="application/json")
    problem(response, 400)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_another_content_type_is_refused(api: APIClient, project: Project, kind: str) -> None:
    response = api.post(f"/api/v1/projects/{project.pk}/jobs", b"a=1", content_type=kind)
    assert kind in problem(response, 415)["detail"]


@pytest.mark.parametrize(
    ("change", "pointer", "word"),
    [
        ({"backend": "nope"}, "/backend", "allowed: " + ", ".join(registry.names())),
        ({"method": "vqe"}, "/method", "fci"),
        ({"role": "oracle"}, "/role", "oracle"),
        ({"name": "Has spaces"}, "/name", ""),
        ({"settings": {"x": 1}}, "/settings/x", "x"),
        ({"learn_scale": True, "role": "reference"}, "/learn_scale", "approximation"),
        ({"cost": 0}, "/cost", "unknown"),
    ],
)
def test_a_wrong_source_is_refused_by_field(
    api: APIClient, project: Project, change: dict[str, Any], pointer: str, word: str
) -> None:
    good = {"name": "cas", "role": "approximation", "backend": "pyscf", "method": "fci"}
    count = Source.objects.count()
    response = api.post(f"/api/v1/projects/{project.pk}/sources", {**good, **change}, format="json")
    answer = problem(response, 400)
    assert pointer in pointers(answer)
    assert word in json.dumps(answer)
    assert Source.objects.count() == count


def test_a_source_of_a_taken_name_is_a_conflict(api: APIClient, project: Project) -> None:
    body = {"name": "fci", "role": "reference", "backend": "pyscf", "method": "fci"}
    response = api.post(f"/api/v1/projects/{project.pk}/sources", body, format="json")
    assert pointers(problem(response, 409)) == ["/name"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"atoms": ATOMS_APART_BY("angle")}, "/system/atoms/1/position/2"),
        ({"basis": "sto-99g"}, "/system/basis"),
        ({"mapping": "guess"}, "/system/mapping"),
        ({"kind": "galaxy"}, "/system/kind"),
        ({"colour": "red"}, "/system/colour"),
        ({"controls": [{**SYSTEM["controls"][0], "label": "\0"}]}, "/system/controls/0/label"),
        ({"controls": [], "atoms": ATOMS_APART_BY(0.7)}, "/system/controls"),
        ({"controls": [{**SYSTEM["controls"][0], "lower": -1.0}]}, "/system/controls/0/lower"),
        ({"controls": [{**SYSTEM["controls"][0], "upper": 0.1}]}, "/system/controls/0"),
    ],
)
def test_a_wrong_system_is_refused_by_field(
    api: APIClient, project: Project, change: dict[str, Any], pointer: str
) -> None:
    body = {"name": "p", "system": {**SYSTEM, **change}}
    response = api.post("/api/v1/projects", body, format="json")
    found = pointers(problem(response, 400))
    assert any(item.startswith(pointer) for item in found), found
    assert Project.objects.count() == 1


def test_another_teams_project_is_not_there(
    project: Project, stranger: User, client_of: Callable[[User], APIClient]
) -> None:
    eve = client_of(stranger)
    base = f"/api/v1/projects/{project.pk}"
    for path in (
        "",
        "/sources",
        "/jobs",
        "/measurements",
        "/twin",
        "/twin/versions",
        "/twin/curve",
    ):
        problem(eve.get(base + path), 404)
    body = {"source": "fci", "points": [0.7]}
    problem(eve.post(f"{base}/jobs", body, format="json"), 404)
    problem(eve.post(f"{base}/sources", {}, format="json"), 404)
    predict = {"observable": "energy", "points": [0.7]}
    problem(eve.post(f"{base}/twin:predict", predict, format="json"), 404)
    assert json.loads(eve.get("/api/v1/projects").content)["results"] == []


def test_a_viewer_may_look_and_not_submit(
    project: Project, viewer: User, client_of: Callable[[User], APIClient]
) -> None:
    vera = client_of(viewer)
    assert vera.get(f"/api/v1/projects/{project.pk}").status_code == 200
    body = {"source": "fci", "points": [0.7]}
    problem(vera.post(f"/api/v1/projects/{project.pk}/jobs", body, format="json"), 404)


def test_without_signing_in_there_is_nothing(project: Project) -> None:
    problem(APIClient().get(f"/api/v1/projects/{project.pk}"), 401)


def test_a_reading_token_may_not_submit(
    project: Project, user: User, client_of: Callable[..., APIClient]
) -> None:
    reader = client_of(user, "read")
    body = {"source": "fci", "points": [0.7]}
    answer = problem(reader.post(f"/api/v1/projects/{project.pk}/jobs", body, format="json"), 403)
    assert "needed: submit" in answer["detail"]


def test_a_token_cannot_make_a_stronger_one(api: APIClient) -> None:
    body = {"name": "root", "scopes": ["admin"]}
    problem(api.post("/api/v1/me/tokens", body, format="json"), 403)


@pytest.mark.parametrize(
    ("body", "pointer", "status"),
    [
        ({"observable": "spin", "points": [0.7]}, "/observable", 400),
        ({"observable": "energy", "points": [9.0]}, "/points/0/0", 400),
        ({"observable": "energy", "points": [0.7] * 2001}, "/points", 400),
        (
            {"observable": "energy", "points": [0.7], "exclude_sources": ["x"]},
            "/exclude_sources/0",
            400,
        ),
    ],
)
def test_a_wrong_prediction_is_refused_by_field(
    api: APIClient, project: Project, body: dict[str, Any], pointer: str, status: int
) -> None:
    response = api.post(f"/api/v1/projects/{project.pk}/twin:predict", body, format="json")
    assert pointer in pointers(problem(response, status))


def test_a_prediction_before_any_evidence_says_so(api: APIClient, project: Project) -> None:
    body = {"observable": "energy", "points": [0.7]}
    response = api.post(f"/api/v1/projects/{project.pk}/twin:predict", body, format="json")
    assert "no twin yet" in problem(response, 404)["detail"]


def test_an_unknown_filter_value_is_refused(api: APIClient, project: Project) -> None:
    answer = problem(api.get("/api/v1/jobs?state=lost"), 400)
    assert "allowed: cancelled, failed, held" in answer["detail"]


def test_an_unknown_address_of_the_api_is_a_problem_document(api: APIClient) -> None:
    assert "/api/v1/docs" in problem(api.get("/api/v1/nothing"), 404)["detail"]


def test_a_bug_of_ours_tells_its_incident_and_nothing_else(
    api: APIClient, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the secret is canary-17")

    monkeypatch.setattr("qtwin.twins.api.predict.twin_status", broken)
    answer = problem(api.get(f"/api/v1/projects/{project.pk}/twin"), 500)
    assert "incident" in answer["detail"]
    assert "canary" not in json.dumps(answer)
