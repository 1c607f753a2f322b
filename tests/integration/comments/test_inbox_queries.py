"""The inbox asks the database as often for many comments as for one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qtwin.accounts.models import User
from qtwin.jobs.models import Measurement
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project
from tests.integration.comments.conftest import Say
from tests.unit.jobs.stepping import take_steps


@pytest.mark.parametrize("about", ["job", "measurement"])
def test_inbox(client: Client, bo: User, say: Say, project: Project, about: str) -> None:
    spec = JobSpec(source=project.sources.get(name="hf"), points=[[0.7]])
    job = take_steps(job_submit(project=project, spec=spec, by=project.created_by))
    thing = job if about == "job" else Measurement.objects.filter(job=job).first()
    assert thing is not None
    client.force_login(bo)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/inbox")
        assert "Ada mentioned you" in page.content.decode()
        return len(queries)

    say("@Bo Operator", **{about: str(thing.pk)})
    first = asked()
    for _ in range(4):
        say("@Bo Operator", **{about: str(thing.pk)})
    assert asked() == first
