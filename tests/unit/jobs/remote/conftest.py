"""A project with a source behind a vendor's queue, and a worker that takes every due step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from backends import registry
from qtwin.accounts.models import Scope, User
from qtwin.jobs.models import Job, Submission
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project
from qtwin.projects.services import source_create
from tests import memory_vendor
from tests.memory_vendor import Vendor
from tests.unit.jobs.stepping import take_steps


@pytest.fixture
def api(user: User, client_of: Callable[..., APIClient]) -> APIClient:
    """A client that may spend."""
    return client_of(user, Scope.READ, Scope.SUBMIT, Scope.SPEND)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Vendor:
    monkeypatch.setitem(registry.BUILTIN, "memory", "tests.memory_vendor:MemoryBackend")
    return memory_vendor.reset()


@pytest.fixture
def submit(vendor: Vendor, project: Project, user: User) -> Callable[..., Job]:
    source = source_create(
        project=project, name="qpu", role="device", backend="memory", method="vqe", by=user
    )

    def run(points: int = 2, shots: int | None = 100) -> Job:
        rows = [[0.5 + 0.1 * row] for row in range(points)]
        spec = JobSpec(source=source, points=rows, shots=shots, seed=5)
        return job_submit(project=project, spec=spec, by=user)

    return run


@pytest.fixture
def job(submit: Callable[..., Job]) -> Job:
    return submit()


@pytest.fixture
def local_job(project: Project, user: User) -> Job:
    """Seven points of a solver that runs here, three to a chunk."""
    points = [[0.5 + 0.1 * row] for row in range(7)]
    spec = JobSpec(source=project.sources.get(name="fci"), points=points)
    job = job_submit(project=project, spec=spec, by=user)
    Job.objects.filter(pk=job.pk).update(chunk_points=3)
    job.refresh_from_db()
    return job


@pytest.fixture
def tick() -> Callable[..., Job]:
    return take_steps


@pytest.fixture
def pass_time() -> Callable[[Job, float], None]:
    """Make a job's submissions older."""

    def run(job: Job, seconds: float) -> None:
        for submission in Submission.objects.filter(job=job):
            Submission.objects.filter(pk=submission.pk).update(
                started_at=submission.started_at - timedelta(seconds=seconds)
            )

    return run


@pytest.fixture
def abandon() -> Callable[[Job], None]:
    """The worker of a job died: its lease runs out."""

    def run(job: Job) -> None:
        past = timezone.now() - timedelta(seconds=1)
        Job.objects.filter(pk=job.pk).update(lease_until=past, lease_owner="dead")

    return run
