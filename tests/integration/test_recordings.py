"""Results that vendors gave once are read again, in the sandbox, by the adapters' own readers."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from backends import registry
from backends.schema import Experiment, Result, RunOptions
from qtwin.accounts.models import Team, User
from qtwin.jobs.models import Job
from qtwin.projects.models import Project
from qtwin.projects.services import project_create
from qtwin.projects.storage import FileStore
from tests.vendors.recorded import CITATION, LICENCE, recording

VENDORS = pytest.mark.parametrize("vendor", ["braket", "ibm"])


def document(vendor: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(recording(vendor))
    return found


def read(vendor: str) -> Result:
    """What the adapter reads in the bytes that it kept."""
    kept = document(vendor)
    payload = base64.b64decode(kept["payload"])
    experiment = Experiment.from_dict(kept["experiment"])
    return registry.get(vendor).parse(payload, experiment, RunOptions(**kept["options"]))


def body(of: str, **changes: Any) -> dict[str, Any]:
    kept = document(of)
    asked = kept["experiment"]
    values = np.array(asked["knob_values"]).T.tolist()
    return {
        "source": "recorded",
        "citation": CITATION,
        "licence": LICENCE,
        "vendor": of,
        "payload": kept["payload"],
        "method": asked["method"],
        "settings": asked["settings"],
        "points": asked["points"],
        "knobs": dict(zip(asked["knobs"], values, strict=True)),
        "observables": asked["observables"],
        **kept["options"],
        **changes,
    }


Send = Callable[..., Any]


@pytest.fixture
def of_system(team: Team, user: User) -> Callable[[str], Project]:
    """A project of the system that was recorded."""

    def make(vendor: str) -> Project:
        system = document(vendor)["experiment"]["system"]
        return project_create(team=team, name=vendor, system=system, by=user)

    return make


@pytest.fixture
def send(api: APIClient) -> Send:
    def run(project: Project, asked: dict[str, Any], status: int = 201) -> Any:
        path = f"/api/v1/projects/{project.pk}/recordings"
        response = api.post(path, asked, format="json")
        assert response.status_code == status, response.content
        return response.json()

    return run


@pytest.fixture
def own_store(settings: Any, tmp_path: Path) -> FileStore:
    """A store that this test alone spoils."""
    settings.DATA_DIR = tmp_path
    return FileStore(tmp_path / "artifacts")


def run_job(api: APIClient, project: Project, work: Callable[[], None], **asked: Any) -> Job:
    path = f"/api/v1/projects/{project.pk}/jobs"
    response = api.post(path, {"source": "recorded", **asked}, format="json")
    assert response.status_code == 202, response.content
    work()
    return Job.objects.get(pk=response.json()["id"])


@VENDORS
def test_a_job_on_a_recording_gives_what_the_adapter_reads(
    vendor: str,
    api: APIClient,
    of_system: Callable[[str], Project],
    send: Send,
    work: Callable[[], None],
) -> None:
    project, asked = of_system(vendor), body(vendor)
    told = send(project, asked)
    assert (told["backend"], told["role"]) == ("replay", "device")
    assert told["settings"]["recording"] == hashlib.sha256(recording(vendor)).hexdigest()
    job = run_job(
        api,
        project,
        work,
        points=asked["points"],
        knobs=asked["knobs"],
        observables=asked["observables"],
    )
    assert (job.shown_state, job.reason) == ("succeeded", "")
    assert (job.estimated_cost, job.estimated_qpu_seconds) == (0, 0)
    expected = read(vendor)
    rows = list(job.measurements.order_by("row", "observable"))
    assert [row.value for row in rows] == expected.values.ravel().tolist()
    assert [row.std for row in rows] == expected.std_errors.ravel().tolist()
    said = rows[0].run
    assert said is not None
    assert said.details["citation"] == CITATION
    assert said.details["backend"] == vendor
    assert rows[0].epoch == expected.provenance.calibration_id
    assert rows[0].measured_at == expected.provenance.finished_at


def test_a_point_that_was_not_recorded_is_a_failure_that_names_the_nearest(
    api: APIClient, of_system: Callable[[str], Project], send: Send, work: Callable[[], None]
) -> None:
    project, asked = of_system("ibm"), body("ibm")
    send(project, asked)
    points = [[0.7], asked["points"][1]]
    job = run_job(api, project, work, points=points, knobs={"trotter_steps": 1})
    assert (job.shown_state, job.points_failed) == ("succeeded", 1)
    assert "nearest are field = 0.6, trotter_steps = 1" in job.failures.get().reason


def test_bytes_that_are_no_result_fail_the_job_with_a_reason(
    api: APIClient, of_system: Callable[[str], Project], send: Send, work: Callable[[], None]
) -> None:
    project = of_system("ibm")
    payload = base64.b64encode(b'{"schema": "other"}\n').decode()
    asked = body("ibm", payload=payload)
    send(project, asked)
    job = run_job(api, project, work, points=asked["points"], knobs=asked["knobs"])
    assert (job.shown_state, job.reason_code) == ("failed", "rejected")
    assert "no kept result of IBM" in job.reason


@pytest.mark.parametrize(
    ("lose", "said"),
    [
        (lambda path: path.unlink(), "is not in the store any more"),
        (lambda path: path.write_bytes(b"{}"), "is not what was stored"),
    ],
)
def test_a_recording_that_the_store_lost_fails_the_job_with_a_reason(
    lose: Callable[[Path], Any],
    said: str,
    *,
    own_store: FileStore,
    api: APIClient,
    of_system: Callable[[str], Project],
    send: Send,
    work: Callable[[], None],
) -> None:
    project, asked = of_system("ibm"), body("ibm")
    digest = send(project, asked)["settings"]["recording"]
    lose(own_store.path(digest))
    job = run_job(api, project, work, points=asked["points"], knobs=asked["knobs"])
    assert (job.shown_state, job.reason_code) == ("failed", "rejected")
    assert f"The recording {digest} {said}." in job.reason


def test_the_same_recording_is_the_same_source(
    of_system: Callable[[str], Project], send: Send
) -> None:
    project, asked = of_system("ibm"), body("ibm")
    first, again = send(project, asked), send(project, asked, 200)
    assert first["id"] == again["id"]
    assert send(project, {**asked, "citation": "other"}, 409)["errors"][0]["pointer"] == "/source"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"citation": ""}, "/citation"),
        ({"vendor": "acme"}, "/vendor"),
        ({"payload": "%"}, "/payload"),
        ({"method": "fci"}, "/method"),
        ({"points": [[99.0]], "knobs": {"trotter_steps": 1}}, "/points/0/0"),
        ({"knobs": {"trotter_steps": [1, 1, 1]}}, "/knobs/trotter_steps"),
        ({"settings": {}}, "/settings/device"),
        ({"observables": ["dipole"]}, "/observables/0"),
        ({"observables": []}, "/observables"),
        ({"shots": None}, "/shots"),
    ],
)
def test_what_it_is_said_to_answer_is_checked(
    of_system: Callable[[str], Project], send: Send, changes: dict[str, Any], pointer: str
) -> None:
    wrong = send(of_system("ibm"), body("ibm", **changes), 400)["errors"][0]
    assert wrong["pointer"].startswith(pointer), wrong


def test_a_source_names_recordings_of_its_own_project_only(
    api: APIClient, project: Project, of_system: Callable[[str], Project], send: Send
) -> None:
    told = send(of_system("ibm"), body("ibm"))
    settings = told["settings"] | {"observables": ["energy"]}
    asked = {
        "name": "mine",
        "role": "device",
        "backend": "replay",
        "method": "recorded",
        "settings": settings,
    }
    response = api.post(f"/api/v1/projects/{project.pk}/sources", asked, format="json")
    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/settings/recording"
