"""A job of one point that nobody has taken yet, and a browser that is signed in."""

from __future__ import annotations

import pytest
from django.test import Client

from qtwin.accounts.models import User
from qtwin.jobs.models import Job
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project


@pytest.fixture
def job(project: Project, user: User) -> Job:
    return submit(project, user)


@pytest.fixture
def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def submit(project: Project, user: User, source: str = "hf") -> Job:
    spec = JobSpec(source=project.sources.get(name=source), points=[[0.7]])
    return job_submit(project=project, spec=spec, by=user)
