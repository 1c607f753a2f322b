"""What is due is found by an index of the jobs that somebody may take, and of no others."""

from __future__ import annotations

import pytest
from django.db import connection

from qtwin.jobs.models import Job
from qtwin.jobs.selectors import due


@pytest.mark.django_db
def test_postgresql_looks_for_due_jobs_among_those_that_somebody_may_take() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's parameters imply no condition of an index: it reads job_due")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        plan = due(Job.objects.order_by("next_run_at")).values("pk")[:100].explain()
    assert "using job_awake" in plan
    assert "Sort Key: jobs_job.next_run_at" not in plan
