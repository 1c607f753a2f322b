"""A job says what its anchors said: over HTTP, and on its page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from qtwin.accounts.models import User
from qtwin.jobs.models import Job, Run
from qtwin.projects.models import Project
from tests.unit.twins.anchoring import run_with, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(project: Project, user: User) -> Job:
    """Of two runs with anchors."""
    first = run_with(project, "vqe-noisy", user, said(0.6, 0.02, "worse"))
    again = Run(**{f.name: getattr(first, f.name) for f in Run._meta.fields if f.name != "id"})
    again.start, again.stop, again.details = 1, 2, said(0.64, 0.02)
    again.save(force_insert=True)
    points = [first.job.points[0], [1.0]]
    Job.objects.filter(pk=first.job.pk).update(points=points, points_total=len(points))
    return Job.objects.get(pk=first.job.pk)


def test_runs_of_a_job_are_pooled(api: APIClient, job: Job) -> None:
    (row,) = api.get(f"/api/v1/jobs/{job.pk}").json()["anchors"]
    assert (row["observable"], row["anchors"], row["mitigation"]) == ("energy", 6, "worse")
    assert row["damping"] == pytest.approx(0.62)
    assert row["std_error"] == pytest.approx(0.02)


@pytest.mark.parametrize("details", [{}, {"damping": 3, "verdicts": []}, said("much", None)])
def test_a_job_without_anchors_says_nothing(
    api: APIClient, client: Client, user: User, job: Job, details: dict[str, Any]
) -> None:
    Run.objects.filter(job=job).update(details=details)
    assert api.get(f"/api/v1/jobs/{job.pk}").json()["anchors"] == []
    client.force_login(user)
    assert "Anchors" not in client.get(f"/jobs/{job.pk}").content.decode()


def test_its_page_shows_them_and_that_mitigation_made_it_worse(
    client: Client, user: User, job: Job
) -> None:
    client.force_login(user)
    page = client.get(f"/jobs/{job.pk}").content.decode()
    assert "Circuits of known values that ran beside the points" in page
    assert "0.62" in page
    assert "made it worse" in page
