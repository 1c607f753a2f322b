"""A queued job of seven exact points."""

from __future__ import annotations

import numpy as np
import pytest
from django.utils import timezone

from backends.schema import Provenance, Result, RunOptions
from qtwin.accounts.models import User
from qtwin.jobs.models import Job
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project

POINTS = [[0.5], [0.7], [0.9], [1.1], [1.3], [1.5], [1.7]]


@pytest.fixture
def job(project: Project, user: User) -> Job:
    spec = JobSpec(source=project.sources.get(name="fci"), points=POINTS, seed=1)
    job = job_submit(project=project, spec=spec, by=user)
    Job.objects.filter(pk=job.pk).update(chunk_points=3)
    job.refresh_from_db()
    return job


def result_of(points: int) -> Result:
    """A well-formed answer; what its numbers are does not matter to the row."""
    now = timezone.now()
    return Result(
        values=np.linspace(-1.0, -0.5, points)[:, None],
        std_errors=np.zeros((points, 1)),
        options=RunOptions(seed=1),
        provenance=Provenance(backend="test", versions={}, started_at=now, finished_at=now),
    )
