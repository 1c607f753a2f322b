"""Every job that has not ended says why it waits, and how long about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from backends.base import Idempotency
from qtwin.accounts.models import User
from qtwin.jobs.models import Job
from qtwin.jobs.services import claim, job_cancel, job_hold, job_release, submission_begin
from tests.memory_vendor import MemoryBackend, Vendor

pytestmark = pytest.mark.django_db
Tick = Callable[..., Job]


@pytest.fixture
def shown(api: APIClient, job: Job) -> Callable[[], dict[str, Any]]:
    def read() -> dict[str, Any]:
        body: dict[str, Any] = api.get(f"/api/v1/jobs/{job.pk}").json()
        assert all(body[name] for name in ("reason", "estimate", "reason_code")), body
        return body

    return read


def test_every_state_says_why_and_how_long(
    vendor: Vendor, job: Job, user: User, tick: Tick, shown: Callable[[], dict[str, Any]]
) -> None:
    assert shown()["reason_code"] == "waiting_for_worker"
    held = claim(job.pk, owner="w", lease_s=30)
    assert held is not None
    assert shown()["reason_code"] == "working"
    submission_begin(held, MemoryBackend().capabilities)
    assert "not known yet" in shown()["reason"]
    Job.objects.filter(pk=job.pk).update(lease_until="1990-01-01T00:00Z", lease_owner="")
    vendor.fates = ["lost_before"]
    tick(job)
    assert (shown()["reason_code"], "TimeoutError" in shown()["reason"]) == (
        "outcome_unknown",
        True,
    )
    tick(job)
    assert "gives no estimate" in shown()["estimate"]
    tick(job)
    assert shown()["reason"].startswith("memory has it (QUEUED)")
    assert shown()["estimate"] == "memory expects about 10 minutes."
    assert shown()["estimated_until"] > shown()["created_at"]
    job_cancel(job=job, by=user)
    assert shown()["reason_code"] == "cancelling"


def test_a_held_job_says_what_to_do(
    vendor: Vendor, job: Job, user: User, tick: Tick, shown: Callable[[], dict[str, Any]]
) -> None:
    job_hold(job=job, why="cold", by=user)
    assert shown()["next_step"] == "Release it, or cancel it."
    job_release(job=job, by=user)
    vendor.idempotency, vendor.fates = Idempotency.NONE, ["lost_before"]
    tick(job, 2)
    assert "Look at the vendor" in shown()["next_step"]
    job_release(job=job, by=user)
    assert "once more" in shown()["reason"]


def test_waiting_work_counts_what_is_due_before_it(
    local_job: Job, job: Job, shown: Callable[[], dict[str, Any]]
) -> None:
    Job.objects.filter(pk=local_job.pk).update(estimated_seconds=7200)
    assert shown()["estimate"] == "Done in about 2 hours."


def test_a_page_of_jobs_asks_no_more_for_more_jobs(
    vendor: Vendor, submit: Callable[..., Job], tick: Tick, api: APIClient
) -> None:
    counts = []
    api.get("/api/v1/jobs")
    for _ in range(2):
        for _ in range(3):
            tick(submit(), 2)
        with CaptureQueriesContext(connection) as queries:
            api.get("/api/v1/jobs")
        counts.append(len(queries))
    assert counts[0] == counts[1]
