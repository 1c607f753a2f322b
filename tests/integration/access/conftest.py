"""A team with something of every kind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import User
from qtwin.jobs.models import Job, Measurement
from qtwin.projects.models import Project
from qtwin.twins.models import TwinFit
from tests.integration.access.scene import Scene, build


@pytest.fixture
def scene(
    *,
    project: Project,
    user: User,
    api: APIClient,
    submit: Callable[..., Job],
    measure: Callable[..., Measurement],
    assimilated: Callable[[], TwinFit],
) -> Scene:
    submit(source="hf", points=[[0.7], [0.9]])
    measure("hf", 0.7, -1.11)
    assimilated()
    base = f"/api/v1/projects/{project.pk}"
    sweep = {"name": "curve", "sweep": {"sources": ["hf"], "points": [1.1]}}
    assert api.post(f"{base}/campaigns", sweep, format="json").status_code == 202
    daily = {"campaign": sweep, "every": {"days": 1}}
    answer = api.post(f"{base}/schedules", daily, format="json")
    assert answer.status_code == 201, answer.content
    return build(project, user)
