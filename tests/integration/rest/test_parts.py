"""Parts of jobs, projects, backends and twins that have an address of their own."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import User
from qtwin.jobs.models import Job, Measurement
from qtwin.projects.models import Project
from qtwin.projects.services import backend_stop
from qtwin.twins.models import TwinFit

PRICES = {"fci": {"per_run": 100}, "hf": {"per_run": 1}}
PLAN = {"observable": "energy", "prices": PRICES, "budget": 250}


@pytest.fixture
def done(submit: Callable[..., Job], work: Callable[[], None]) -> Job:
    job = submit(source="hf", points=[0.7, 0.9])
    work()
    return job


@pytest.fixture
def fitted_twin(measure: Callable[..., Measurement], assimilated: Callable[[], TwinFit]) -> TwinFit:
    for x, value in ((0.5, -1.0), (0.9, -1.1), (1.5, -0.99), (2.1, -0.95)):
        measure("hf", x, value + 0.02)
        measure("fci", x, value)
    return assimilated()


def results(api: APIClient, place: str) -> list[dict[str, Any]]:
    answer = api.get(place)
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


def test_a_jobs_parts_say_what_the_job_says(api: APIClient, done: Job) -> None:
    place = f"/api/v1/jobs/{done.pk}"
    whole = api.get(place).json()
    assert results(api, f"{place}/attempts") == whole["attempts"]
    logs = api.get(f"{place}/logs")
    assert logs["Content-Type"].startswith("text/plain")
    assert logs.content.decode().startswith("attempt 1 by test")
    assert api.get(f"{place}/waiting-reason").json()["state"] == "succeeded"
    provenance = api.get(f"{place}/provenance").json()
    assert provenance["spec_hash"] == whole["spec_hash"]
    assert "pyscf" in provenance["versions"]
    raws = results(api, f"{place}/raw")
    assert [raw["sha256"] for raw in raws] == provenance["raw"]
    payload = api.get(f"{place}/raw/{raws[0]['sha256']}").content
    assert json.loads(gzip.decompress(payload))
    assert api.get(f"{place}/raw/{'0' * 64}").status_code == 404


def test_why_a_job_waits_is_told(api: APIClient, submit: Callable[..., Job]) -> None:
    told = api.get(f"/api/v1/jobs/{submit(source='hf', points=[0.7]).pk}/waiting-reason").json()
    assert (told["state"], told["code"]) == ("queued", "waiting_for_worker")
    assert told["estimate"]


def test_what_a_system_declares_is_listed(api: APIClient, project: Project) -> None:
    place = f"/api/v1/projects/{project.pk}"
    whole = api.get(place).json()
    assert results(api, f"{place}/controls") == whole["controls"]
    assert results(api, f"{place}/observables") == whole["observables"]


def test_backends_say_whether_a_job_would_start(
    api: APIClient, project: Project, user: User
) -> None:
    backend_stop(backend="aer", team=project.team, why="maintenance", by=user)
    rows = {row["name"]: row for row in results(api, "/api/v1/backends")}
    told = {name: rows[name]["status"] for name in ("pyscf", "aer", "braket", "zne+aer")}
    assert told == {
        "pyscf": "ready",
        "aer": "stopped",
        "braket": "needs_credential",
        "zne+aer": "stopped",
    }
    assert api.get("/api/v1/backends/aer").json() == rows["aer"]
    assert api.get("/api/v1/backends/nobody").status_code == 404


def test_a_source_is_checked_before_it_is_made(api: APIClient, project: Project) -> None:
    def check(name: str, **body: Any) -> Any:
        body = {"project": str(project.pk), **body}
        return api.post(f"/api/v1/backends/{name}:validate", body, format="json")

    good = check("fake-ibm", method="vqe", settings={"device": "FakeLagosV2"})
    assert good.status_code == 200
    assert good.json()["knobs"][0]["name"] == "noise_gain"
    wrong = check("fake-ibm", method="vqe", settings={"device": "FakeMars"})
    assert wrong.json()["errors"][0]["pointer"] == "/settings/device"
    assert check("fake-ibm", method="magic").json()["errors"][0]["pointer"] == "/method"


def test_a_version_says_how_far_it_can_be_trusted(
    api: APIClient, project: Project, fitted_twin: TwinFit
) -> None:
    place = f"/api/v1/projects/{project.pk}/twin"
    (row,) = results(api, f"{place}/calibration")
    assert (row["observable"], row["version"], row["claim"]) == ("energy", 1, fitted_twin.claim)
    assert row["scores"] == fitted_twin.scores
    assert results(api, f"{place}/conflicts") == []
    assert api.get(f"{place}/calibration?version=7").status_code == 404
    early = f"{place}/calibration?as_of=2020-01-01T00:00:00Z"
    assert api.get(early).status_code == 404
    assert results(api, f"{place}/versions?at=2020-01-01T00:00:00Z") == []
    assert len(results(api, f"{place}/versions?at=2999-01-01T00:00:00Z")) == 1


def test_what_the_twin_recommends_is_run_once(
    api: APIClient, project: Project, fitted_twin: TwinFit
) -> None:
    place, key = f"/api/v1/projects/{project.pk}/twin", {"Idempotency-Key": "k"}
    plan = api.post(f"{place}:plan", PLAN, format="json").json()
    run = api.post(f"{place}:run-recommendation", PLAN, format="json", headers=key)
    assert run.status_code == 202, run.content
    told = run.json()
    assert told["plan"]["steps"] == plan["steps"]
    jobs = {job["id"]: job for job in told["inserted"]}
    points = [
        (job.source_revision.source.name, point[0])
        for job in Job.objects.filter(pk__in=jobs)
        for point in job.points
    ]
    assert sorted(points) == sorted((step["source"], step["at"][0]) for step in plan["steps"])
    again = api.post(f"{place}:run-recommendation", PLAN, format="json", headers=key)
    assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")
    assert {job["id"] for job in again.json()["existing"]} == set(jobs)
    assert Job.objects.count() == len(jobs)
    other = api.post(
        f"{place}:run-recommendation", {**PLAN, "budget": 9}, format="json", headers=key
    )
    assert other.status_code == 409
