"""What a list of jobs reads."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from qtwin.jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("within", ["", "projects/{project}/"])
def test_a_list_leaves_what_jobs_ask_in_the_database(within: str, job: Job, api: APIClient) -> None:
    """Of a job with 10,000 points that is a megabyte."""
    address = f"/api/v1/{within.format(project=job.project_id)}jobs"
    with CaptureQueriesContext(connection) as queries:
        (row,) = api.get(address).json()["results"]
    assert (row["id"], row["points_total"]) == (str(job.pk), len(job.points))
    asked = " ".join(query["sql"] for query in queries.captured_queries)
    assert '"jobs_job"."points_total"' in asked
    assert '"jobs_job"."points"' not in asked
    assert '."knob_values"' not in asked
