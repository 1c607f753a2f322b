"""Filters of lists: each finds its rows, and each refuses a value that means nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Role, User
from qtwin.accounts.services import membership_set
from qtwin.jobs.models import Job
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project

ELSEWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def jobs(project: Project, stranger: User, submit: Callable[..., Job]) -> dict[str, Job]:
    """One of mine, and one of another member with another source."""
    membership_set(team=project.team, user=stranger, role=Role.OPERATOR, by=None)
    spec = JobSpec(source=project.sources.get(name="vqe-noisy"), points=[[0.7]], shots=10)
    return {
        "mine": submit(source="hf", points=[0.7]),
        "theirs": job_submit(project=project, spec=spec, by=stranger),
    }


def found(api: APIClient, place: str, jobs: dict[str, Job]) -> str:
    names = {str(job.pk): name for name, job in jobs.items()}
    answer = api.get(place)
    assert answer.status_code == 200, answer.content
    return " ".join(sorted(names[row["id"]] for row in answer.json()["results"]))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=queued", "mine theirs"),
        ("state=failed", ""),
        ("source=hf", "mine"),
        ("backend=fake-ibm", "theirs"),
        ("backend=fake-ibm&source=hf", ""),
        ("mine=true", "mine"),
        ("mine=false", "theirs"),
        ("since=2020-01-01T00:00:00Z&until=2999-01-01T00:00:00Z", "mine theirs"),
        ("since=2999-01-01T00:00:00Z", ""),
        ("until=2020-01-01T00:00:00Z", ""),
        ("team={team}", "mine theirs"),
        (f"team={ELSEWHERE}", ""),
        ("by={me}", "mine"),
        (f"by={ELSEWHERE}", ""),
        ("q=Noisy", "theirs"),
        ("q=", "mine theirs"),
        ("project={project}", "mine theirs"),
        (f"project={ELSEWHERE}", ""),
    ],
)
def test_jobs_are_found_by(
    api: APIClient, project: Project, jobs: dict[str, Job], query: str, expected: str
) -> None:
    team, me = project.team_id, jobs["mine"].created_by_id
    query = query.format(project=project.pk, team=team, me=me)
    assert found(api, f"/api/v1/jobs?{query}", jobs) == expected
    if "project=" not in query:
        assert found(api, f"/api/v1/projects/{project.pk}/jobs?{query}", jobs) == expected


@pytest.mark.parametrize(
    "path",
    [
        *("jobs?state=done", "jobs?mine=yes", "jobs?project=7", "jobs?since=noon"),
        *("campaigns?state=queued", "imports?state=x", "projects?team=x"),
        *("projects/{pk}/sources?role=oracle", "projects/{pk}/schedules?active=1"),
        *("projects/{pk}/measurements?valid=x", "projects/{pk}/ledger?kind=x"),
        *("projects/{pk}/datasets?until=2026-01-01T00:00:00", "jobs?source=" + "x" * 300),
    ],
)
def test_a_value_that_means_nothing_is_refused(api: APIClient, project: Project, path: str) -> None:
    refused: Any = api.get("/api/v1/" + path.format(pk=project.pk))
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert error["pointer"] == f"?{path.partition('?')[2].partition('=')[0]}"
    assert "allowed" in error["detail"]


def test_projects_and_sources_are_found_by_what_they_are(api: APIClient, project: Project) -> None:
    def names(path: str) -> set[str]:
        return {row["name"] for row in api.get(f"/api/v1/{path}").json()["results"]}

    assert names("projects?name=h2&mine=true") == {"H2"}
    assert names("projects?mine=false") == names(f"projects?team={ELSEWHERE}") == set()
    references = {s.name for s in project.sources.filter(role="reference")}
    assert names(f"projects/{project.pk}/sources?role=reference") == references
