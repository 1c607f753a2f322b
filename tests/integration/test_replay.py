"""A job run again with the same seeds gives the same numbers, and the twin does not see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import User
from qtwin.jobs.comparison import Verdict, compare
from qtwin.jobs.models import Job, Measurement, Run
from qtwin.jobs.selectors import measurements_valid
from qtwin.projects.models import Project

Submit = Callable[..., Job]
Work = Callable[[], None]


def replay(api: APIClient, job: Job, status: int = 202, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    response = api.post(f"/api/v1/jobs/{job.pk}:replay", headers=headers)
    assert response.status_code == status, response.content
    return response.json()


def report(api: APIClient, job_id: str, status: int = 200) -> Any:
    response = api.get(f"/api/v1/jobs/{job_id}/replay-report")
    assert response.status_code == status, response.content
    return response.json()


@pytest.fixture
def sampled(submit: Submit, work: Work) -> Job:
    """Three points in two chunks, so that each chunk has a seed of its own."""
    job = submit(source="vqe-ideal", points=[0.7, 0.9, 1.1], shots=100)
    Job.objects.filter(pk=job.pk).update(chunk_points=2)
    work()
    job.refresh_from_db()
    return job


def test_a_replay_gives_the_same_bits_and_no_evidence(
    api: APIClient, project: Project, sampled: Job, work: Work
) -> None:
    new = replay(api, sampled)
    assert (new["state"], new["replay_of"], new["seed"]) == (
        "queued",
        str(sampled.pk),
        sampled.seed,
    )
    assert report(api, new["id"])["verdict"] == "missing"
    work()
    told = report(api, new["id"])
    assert (told["verdict"], told["counts"]) == ("identical", {"identical": 3})
    assert told["conditions"] == []
    assert told["numbers"][2]["before"] == told["numbers"][2]["after"]
    assert Measurement.objects.count() == 6
    assert set(measurements_valid(project.pk)) == set(sampled.measurements.all())


def test_the_report_names_the_number_and_the_version_that_differ(
    api: APIClient, sampled: Job, work: Work
) -> None:
    new = replay(api, sampled)
    work()
    Run.objects.filter(job=sampled).update(versions={"qiskit-aer": "0.0"})
    row = sampled.measurements.get(row=1)
    Measurement.objects.filter(pk=row.pk).update(value=row.value + row.std)
    assert report(api, new["id"])["counts"] == {"identical": 2, "within_error": 1}
    Measurement.objects.filter(pk=row.pk).update(value=row.value + 10 * row.std)
    told = report(api, new["id"])
    assert told["verdict"] == "different"
    (number,) = [n for n in told["numbers"] if n["verdict"] == "different"]
    assert (number["point"], number["observable"]) == ([0.9], "energy")
    assert number["difference"] == pytest.approx(-10 * row.std)
    (aer,) = [c for c in told["conditions"] if c["name"] == "version of qiskit-aer"]
    assert aer["before"] == ["0.0"]
    assert aer["after"] != ["0.0"]


def test_exact_values_may_differ_by_rounding_only() -> None:
    one = Measurement(value=-1.0, std=0.0)
    assert compare(one, Measurement(value=-1.0, std=0.0)) is Verdict.IDENTICAL
    assert compare(one, Measurement(value=-1.0 + 1e-12, std=0.0)) is Verdict.WITHIN_ERROR
    assert compare(one, Measurement(value=-1.0 + 1e-8, std=0.0)) is Verdict.DIFFERENT


def test_a_job_that_reused_some_points_replays_the_others_with_their_seeds(
    api: APIClient, submit: Submit, work: Work
) -> None:
    body = {"source": "vqe-ideal", "shots": 100, "seed": 3}
    first = submit(**body, points=[0.7])
    work()
    second = submit(**body, points=[0.9, 0.7, 1.1])
    work()
    second.refresh_from_db()
    assert second.points_reused == 1
    new = replay(api, second)
    work()
    assert report(api, new["id"])["counts"] == {"identical": 2}
    whole = submit(**body, points=[0.7])
    assert str(first.pk) in replay(api, whole, 409)["detail"]


def test_a_replay_runs_the_revision_of_its_job(
    api: APIClient, project: Project, submit: Submit, work: Work
) -> None:
    job = submit(source="fci", points=[0.7])
    replay(api, job, 409)
    work()
    response = api.patch(
        f"/api/v1/projects/{project.pk}/sources/fci", {"settings": {}}, format="json"
    )
    assert response.status_code == 200, response.content
    new = replay(api, job, key="once")
    assert replay(api, job, 200, key="once")["id"] == new["id"]
    assert Job.objects.get(pk=new["id"]).source_revision_id == job.source_revision_id
    work()
    assert report(api, new["id"])["verdict"] in {"identical", "within_error"}
    assert submit(source="fci", points=[0.7]).points_reused == 0, "another revision"


def test_replays_are_for_writers_and_reports_for_members(
    sampled: Job, viewer: User, stranger: User, user: User, client_of: Callable[..., APIClient]
) -> None:
    for outsider in (viewer, stranger):
        replay(client_of(outsider), sampled, 404)
    replay(client_of(user, "read"), sampled, 403)
    new = replay(client_of(user), sampled)["id"]
    report(client_of(viewer), new)
    report(client_of(stranger), new, 404)
    report(client_of(user), str(sampled.pk), 404)
