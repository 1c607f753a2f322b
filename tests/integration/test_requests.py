"""Submitting over HTTP: exactly once per key, one or many, and the answers that follow."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from qtwin.jobs.models import Job
from qtwin.projects.models import Project

BODY = {"source": "fci", "points": [0.7, 0.9]}


def post(api: APIClient, project: Project, body: Any, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return api.post(f"/api/v1/projects/{project.pk}/jobs", body, format="json", headers=headers)


def test_a_job_is_accepted_with_its_place(api: APIClient, project: Project) -> None:
    response = post(api, project, BODY)
    assert response.status_code == 202
    job = api.get(response["Location"]).json()
    assert (job["state"], job["points_total"], job["points"]) == ("queued", 2, [[0.7], [0.9]])
    assert job["reason_code"] == "waiting_for_worker"


def test_the_same_key_and_body_give_the_same_job(api: APIClient, project: Project) -> None:
    first, again = post(api, project, BODY, "k1"), post(api, project, BODY, "k1")
    assert (first.status_code, again.status_code) == (202, 200)
    assert again["Idempotency-Replayed"] == "true"
    assert first.json()["id"] == again.json()["id"]
    assert Job.objects.count() == 1


def test_the_same_key_with_another_body_is_a_conflict(api: APIClient, project: Project) -> None:
    post(api, project, BODY, "k1")
    response = post(api, project, {**BODY, "points": [0.8]}, "k1")
    assert response.status_code == 409
    assert Job.objects.count() == 1


def test_many_jobs_say_what_became_of_each(api: APIClient, project: Project) -> None:
    jobs = {"jobs": [BODY, {"source": "fci", "points": [9.0]}, {"source": "hf", "points": [1.0]}]}
    first = post(api, project, jobs, "many")
    assert first.status_code == 207
    assert [job["source"] for job in first.json()["inserted"]] == ["fci", "hf"]
    assert first.json()["errors"][0]["pointer"] == "/jobs/1/points/0/0"
    again = post(api, project, jobs, "many").json()
    assert (len(again["inserted"]), len(again["existing"])) == (0, 2)


def test_lists_are_pages_with_a_cursor(api: APIClient, project: Project) -> None:
    for _ in range(3):
        post(api, project, BODY)
    page = api.get("/api/v1/jobs?limit=2").json()
    rest = api.get(page["next"]).json()
    ids = [job["id"] for job in page["results"] + rest["results"]]
    assert len(set(ids)) == 3
    assert ids == sorted(ids, reverse=True)
    assert rest["next"] is None


def test_a_job_is_cancelled_over_http(api: APIClient, project: Project) -> None:
    place = post(api, project, BODY)["Location"]
    assert api.post(f"{place}:cancel").json()["state"] == "cancelled"
    assert [event["to_state"] for event in api.get(f"{place}/events").json()["results"]] == [
        "QUEUED",
        "",
        "CANCELLED",
    ]


def test_a_project_is_made_with_its_sources_over_http(api: APIClient, project: Project) -> None:
    made = api.post("/api/v1/projects", {"name": "again", "system": project.system}, format="json")
    assert made.status_code == 201
    assert made.json()["observables"][0]["unit"] == "hartree"
    source = {"name": "exact", "role": "reference", "backend": "pyscf", "method": "fci"}
    place = made["Location"] + "/sources"
    assert api.post(place, source, format="json").status_code == 201
    assert [row["name"] for row in api.get(place).json()["results"]] == ["exact"]


def test_backends_say_what_they_can_do(api: APIClient) -> None:
    rows = {row["name"]: row for row in api.get("/api/v1/backends").json()["results"]}
    assert "fci" in rows["pyscf"]["methods"]
    assert "noise_gain" in rows["fake-ibm"]["knobs"]


@pytest.mark.parametrize("path", ["schema", "docs"])
def test_the_api_documents_itself_without_the_network(db: None, path: str) -> None:
    response = Client().get(f"/api/v1/{path}")
    assert response.status_code == 200
    text = response.content.decode()
    assert "https://cdn" not in text
    if path == "schema":
        assert "openapi: 3.1.0" in text
        assert "/api/v1/projects/{project_id}/twin:predict:" in text


def test_probes_tell_the_truth(db: None) -> None:
    assert json.loads(Client().get("/api/v1/health/live").content) == {"status": "live"}
    parts = {"database": "ok", "artifacts": "ok", "broker": "does not answer: ConnectionError"}
    assert Client().get("/api/v1/health/ready").json() == {"status": "degraded", "parts": parts}


def test_changed_settings_are_a_new_revision_and_old_jobs_keep_theirs(
    api: APIClient, project: Project
) -> None:
    place = f"/api/v1/projects/{project.pk}/sources/vqe-noisy"
    body = {"source": "vqe-noisy", "points": [0.7], "shots": 100}
    post(api, project, body)
    changed = api.patch(place, {"settings": {"device": "FakeLagosV2"}}, format="json").json()
    assert (changed["revision"], changed["settings"]) == (2, {"device": "FakeLagosV2"})
    post(api, project, body)
    jobs = Job.objects.order_by("created_at")
    assert [job.source_revision.number for job in jobs] == [1, 2]
    wrong = api.patch(place, {"settings": {"device": "FakeMars"}}, format="json")
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["pointer"] == "/settings/device"


def test_a_deleted_project_is_gone_and_its_rows_are_kept(api: APIClient, project: Project) -> None:
    post(api, project, BODY)
    place = f"/api/v1/projects/{project.pk}"
    assert api.delete(place).status_code == 204
    assert api.get(place).status_code == 404
    assert api.get("/api/v1/jobs").json()["results"] == []
    assert Project.objects.filter(pk=project.pk, deleted_at__isnull=False).exists()
    assert Job.objects.count() == 1


def test_of_many_jobs_one_that_is_malformed_does_not_keep_the_others_back(
    api: APIClient, project: Project
) -> None:
    wrong: dict[str, Any] = {"source": "fci", "points": [], "shots": 0}
    answer = post(api, project, {"jobs": [wrong, BODY, 7]}, "some")
    assert answer.status_code == 207
    assert [job["index"] for job in answer.json()["inserted"]] == [1]
    told = {(error["index"], error["pointer"]) for error in answer.json()["errors"]}
    assert {(0, "/jobs/0/points"), (0, "/jobs/0/shots"), (2, "/jobs/2")} <= told
    again = post(api, project, {"jobs": [wrong, BODY, 7]}, "some").json()
    assert [job["index"] for job in again["existing"]] == [1]


def test_many_jobs_are_cancelled_and_retried_each_on_its_own(
    api: APIClient, project: Project
) -> None:
    ids = [post(api, project, BODY).json()["id"] for _ in range(2)]
    other = "00000000-0000-7000-8000-000000000000"
    many = api.post("/api/v1/jobs:cancel", {"ids": [ids[0], other, ids[0]]}, format="json")
    assert many.status_code == 207
    rows = many.json()["results"]
    assert [(row["id"], row["status"]) for row in rows] == [
        (ids[0], 202),
        (other, 404),
        (ids[0], 202),
    ]
    assert rows[0]["job"]["state"] == "cancelled"
    assert rows[1]["problem"]["type"] == "urn:qtwin:problem:not_found"

    again = [api.post("/api/v1/jobs:retry", {"ids": ids}, format="json").json() for _ in range(2)]
    assert [row["status"] for row in again[0]["results"]] == [202, 409]
    assert again[0]["results"][0]["job"]["retry_of"] == ids[0]
    assert again[0]["results"][0]["job"]["id"] == again[1]["results"][0]["job"]["id"]


def test_ids_of_many_are_some_and_not_too_many(api: APIClient) -> None:
    for ids in ([], ["x"], ["00000000-0000-7000-8000-000000000000"] * 201):
        refused = api.post("/api/v1/jobs:cancel", {"ids": ids}, format="json")
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["pointer"].startswith("/ids")


def test_many_jobs_read_their_sources_and_show_themselves_with_few_queries(
    api: APIClient, project: Project
) -> None:
    def queries(number: int) -> int:
        jobs = [{"source": "hf", "points": [1.0 + number / 100 + n / 1000]} for n in range(number)]
        with CaptureQueriesContext(connection) as seen:
            assert post(api, project, {"jobs": jobs}).status_code == 202
        return len([one for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]])

    queries(1)  # and what is read once per process
    assert (queries(8) - queries(3)) / 5 <= 5
