"""A worker leaves what newer code asks for to whoever can do it."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from backends import registry
from qtwin.accounts.models import User
from qtwin.jobs.models import State
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project
from tests.unit.jobs.stepping import take_steps

pytestmark = pytest.mark.django_db


def test_a_job_of_a_backend_that_it_does_not_know_waits_for_another_worker(
    project: Project, user: User, api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = JobSpec(source=project.sources.get(name="hf"), points=[[0.7]])
    job = job_submit(project=project, spec=spec, by=user)
    known = registry.BUILTIN["pyscf"]
    monkeypatch.delitem(registry.BUILTIN, "pyscf")
    assert take_steps(job, 3).state == State.QUEUED
    assert (job.reason_code, job.crash_count) == ("no_backend", 0)
    assert "cancel the job" in api.get(f"/api/v1/jobs/{job.pk}").json()["next_step"]
    monkeypatch.setitem(registry.BUILTIN, "pyscf", known)
    assert take_steps(job, 2).state == State.DONE
