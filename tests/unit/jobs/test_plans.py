"""PostgreSQL answers what is asked all day long by indexes, and reads no more than the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import QuerySet

from qtwin.accounts.models import User
from qtwin.jobs.models import Job, Measurement
from qtwin.jobs.selectors import (
    due,
    jobs_visible_to,
    measurements_answering,
    measurements_of_job,
    measurements_valid,
)
from qtwin.projects.models import Project

pytestmark = pytest.mark.django_db


def plan(rows: QuerySet[Any, Any]) -> str:
    """How PostgreSQL would answer if tables were large."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's parameters imply no condition of an index")
    with connection.cursor() as cursor:
        for way in ("seqscan", "sort", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    return str(rows.explain())


def test_due_jobs_are_looked_for_among_those_that_somebody_may_take() -> None:
    told = plan(due(Job.objects.order_by("next_run_at")).values("pk")[:100])
    assert "using job_awake" in told
    assert "Sort Key: jobs_job.next_run_at" not in told


def test_the_newest_jobs_of_all_projects_are_read_in_order(user: User) -> None:
    told = plan(jobs_visible_to(user)[:50])
    assert "using job_newest" in told
    assert "Sort Key: jobs_job.created_at" not in told


def test_a_twins_evidence_is_told_from_replays_without_its_jobs(project: Project) -> None:
    told = plan(measurements_valid(project.pk).order_by("pk"))
    jobs = [line for line in told.splitlines() if "on jobs_job" in line]
    assert len(jobs) == 1, told
    assert "hashed SubPlan" in told


def test_what_a_job_measured_is_found_by_the_job(job: Job) -> None:
    told = plan(measurements_of_job(job).order_by("pk"))
    assert "measurement_by_project" not in told
    assert "Index Cond: (job_id = " in told


def test_earlier_answers_to_a_question_are_found_by_its_source_and_digest(job: Job) -> None:
    rows = measurements_valid(job.project_id).filter(source_revision=job.source_revision)
    told = plan(measurements_answering(rows, ["a" * 64, "b" * 64]))
    assert "measurement_by_question" in told
    assert "Index Cond: ((source_revision_id = " in told
    assert "substr((identity)::text, 1, 12) = ANY" in told


@pytest.mark.parametrize("key", ["covariance", "raw", "calibration"])
def test_what_refers_to_a_row_that_is_to_go_is_found_by_an_index(key: str) -> None:
    number = 1 if key == "calibration" else UUID(int=1)
    told = plan(Measurement.objects.filter(**{f"{key}__in": [number]}))
    assert f"measurement_by_{key}" in told
