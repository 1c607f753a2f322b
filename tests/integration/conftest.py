"""Work done in this process, by the very functions that a worker's tasks call."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from qtwin.jobs.models import Job
from qtwin.jobs.selectors import jobs_due
from qtwin.projects.models import Project
from qtwin.twins.models import Twin
from tests.connection import keep_connection
from workers.fit import fit
from workers.step import step


@pytest.fixture(autouse=True)
def _connection(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_connection(monkeypatch)


@pytest.fixture
def work() -> Callable[[], None]:
    """Take every step that is due until none is."""

    def run() -> None:
        while due := jobs_due(10):
            for job_id in due:
                step(str(job_id), owner="test")

    return run


@pytest.fixture
def fitted(work: Callable[[], None]) -> Callable[[Project], None]:
    """Take every step that is due, then bring the project's twin up to date."""

    def run(project: Project) -> None:
        work()
        Twin.objects.filter(project=project).update(next_fit_at="1970-01-01T00:00:00Z")
        fit(str(project.pk), owner="test")

    return run


@pytest.fixture
def submit(api: APIClient, project: Project) -> Callable[..., Job]:
    """Submit one job over HTTP."""

    def run(**body: object) -> Job:
        response = api.post(f"/api/v1/projects/{project.pk}/jobs", body, format="json")
        assert response.status_code == 202, response.content
        return Job.objects.get(pk=response.json()["id"])

    return run
