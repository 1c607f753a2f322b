"""Every number leads back to what it came from; the same question is answered once."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from rest_framework.test import APIClient

from qtwin.accounts.models import User
from qtwin.jobs.models import Job, Measurement
from qtwin.projects.models import Project

Submit = Callable[..., Job]


def get(api: APIClient, path: str, status: int = 200) -> Any:
    response = api.get(f"/api/v1/{path}")
    assert response.status_code == status, response.content
    return response.json()


def test_a_number_leads_to_job_attempt_versions_seed_calibration_and_raw_payload(
    api: APIClient, submit: Submit, work: Callable[[], None]
) -> None:
    job = submit(source="vqe-noisy", points=[0.7, 0.9], shots=200, seed=5)
    work()
    row = Measurement.objects.get(job=job, row=1)
    chain = get(api, f"measurements/{row.pk}/provenance")
    assert chain["job"]["id"] == str(job.pk)
    assert (chain["measurement"]["value"], chain["measurement"]["point"]) == (
        row.value,
        {"bond_length": 0.9},
    )
    assert (chain["attempt"]["number"], chain["attempt"]["outcome"]) == (1, "done")
    assert chain["run"]["versions"]["qiskit-aer"] == version("qiskit-aer")
    assert chain["source"]["settings"] == {"device": "FakeManilaV2"}
    assert chain["calibration"]["identifier"].startswith("fake_manila")
    assert chain["structure"]["system_kind"] == "molecule"
    assert chain["dataset"] is None

    payload = api.get(f"/api/v1/measurements/{row.pk}/raw").content
    assert hashlib.sha256(payload).hexdigest() == chain["raw"]["sha256"]
    raw = json.loads(gzip.decompress(payload))
    at = row.row - chain["run"]["rows"][0]
    assert raw["values"][at] == [row.value]
    assert (raw["options"]["seed"], raw["options"]["shots"]) == (chain["run"]["seed"], 200)
    assert raw["provenance"]["versions"] == chain["run"]["versions"]


def test_identical_exact_jobs_are_one_computation_and_say_so(
    api: APIClient, project: Project, submit: Submit, work: Callable[[], None]
) -> None:
    body = {"source": "fci", "points": [0.7, 0.9]}
    first = submit(**body)
    work()
    again = submit(**body)
    assert again.shown_state == "succeeded"
    told = get(api, f"jobs/{again.pk}")
    assert (told["reused_from"], told["points_reused"]) == ([str(first.pk)], 2)
    one, other = (get(api, f"jobs/{job.pk}/measurements")["results"] for job in (first, again))
    assert one == other
    assert "job.reuse" in [e["kind"] for e in get(api, f"jobs/{again.pk}/events")["results"]]
    chain = get(api, f"measurements/{one[0]['id']}/provenance")
    assert chain["reused_by"] == [str(again.pk)]
    assert submit(**body, force=True).shown_state == "queued"
    assert submit(**{**body, "points": [0.7, 0.8]}).points_done == 1


def test_the_identity_shows_what_was_hashed(
    api: APIClient, submit: Submit, work: Callable[[], None]
) -> None:
    jobs = [submit(source="vqe-ideal", points=[0.7], shots=50, seed=seed) for seed in (1, 2)]
    work()
    told = get(api, f"jobs/{jobs[0].pk}/identity")
    text = json.dumps(told["hashed"], sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == told["spec_hash"] == jobs[1].spec_hash
    assert told["is_current"]
    assert {"system", "method", "backend", "settings", "points", "shots"} < set(told["hashed"])
    assert {"seed", "versions", "calibration"} < set(told["not_hashed"])
    assert told["pools"] == [{"epoch": "", "jobs": 2, "draws": 2, "shots_each": 50}]
    row = Measurement.objects.get(job=jobs[0])
    pool = get(api, f"measurements/{row.pk}/provenance")["pool"]
    assert pool == {"epoch": "", "measurements": 2, "shots": 100}
    values = Measurement.objects.values_list("value", flat=True)
    assert len(set(values)) == 2, "other seeds, other shots"


def test_an_imported_number_leads_to_its_citation(
    api: APIClient, measure: Callable[..., Measurement]
) -> None:
    row = measure("fci", 0.7, -1.1)
    chain = get(api, f"measurements/{row.pk}/provenance")
    assert (chain["job"], chain["run"], chain["raw"]) == (None, None, None)
    assert chain["dataset"]["citation"] == "none"
    get(api, f"measurements/{row.pk}/raw", 404)


def test_provenance_is_for_members(
    measure: Callable[..., Measurement],
    submit: Submit,
    stranger: User,
    viewer: User,
    client_of: Callable[..., APIClient],
) -> None:
    row, job = measure("fci", 0.7, -1.1), submit(source="fci", points=[0.7])
    for path in (f"measurements/{row.pk}/provenance", f"jobs/{job.pk}/identity"):
        get(client_of(viewer), path)
        get(client_of(stranger), path, 404)
        get(APIClient(), path, 401)
    get(client_of(stranger), f"measurements/{row.pk}/raw", 404)
