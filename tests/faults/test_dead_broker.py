"""A dead broker neither fails nor slows a request, and what was submitted is not lost."""

from __future__ import annotations

import time
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.jobs.models import Job
from qtwin.jobs.selectors import jobs_due
from qtwin.projects.models import Project

SUBMITS = 40


@pytest.mark.django_db(transaction=True)
def test_submitting_without_a_broker_is_quick_and_nothing_is_lost(
    api: APIClient, project: Project, settings: Any
) -> None:
    settings.JOB_DISPATCHER = "workers.dispatch.advance"
    seconds = []
    for _ in range(SUBMITS):
        began = time.perf_counter()
        body = {"source": "fci", "points": [0.7], "force": True}
        response = api.post(f"/api/v1/projects/{project.pk}/jobs", body, format="json")
        seconds.append(time.perf_counter() - began)
        assert response.status_code == 202
    assert sorted(seconds)[int(0.95 * SUBMITS)] < 0.3
    assert len(jobs_due(100)) == Job.objects.count() == SUBMITS
