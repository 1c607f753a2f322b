"""A backup is put back: nothing that was bought after it was made is bought again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import serializers
from django.core.management import call_command
from django.utils import timezone

from backends import registry
from backends.base import Idempotency
from qtwin.accounts.models import User
from qtwin.campaigns.models import Campaign
from qtwin.jobs.models import Attempt, Event, Job, State, Submission
from qtwin.jobs.services import JobSpec, job_release, job_submit
from qtwin.projects.models import Project
from qtwin.projects.services import source_create
from tests import memory_vendor
from tests.memory_vendor import Vendor
from tests.unit.jobs.stepping import take_steps


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Vendor:
    monkeypatch.setitem(registry.BUILTIN, "memory", "tests.memory_vendor:MemoryBackend")
    return memory_vendor.reset()


@pytest.fixture
def make(vendor: Vendor, project: Project, user: User) -> Callable[[], Job]:
    """A job of a vendor's queue that waits, made a while ago."""
    source = source_create(
        project=project, name="qpu", role="device", backend="memory", method="vqe", by=user
    )

    def run() -> Job:
        spec = JobSpec(source=source, points=[[0.7], [0.8]], shots=100, seed=5)
        job = job_submit(project=project, spec=spec, by=user)
        Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(hours=1))
        job.refresh_from_db()
        return job

    return run


def backup(job: Job) -> Callable[[], str]:
    """What puts the job's rows back as they are now, as an operator does."""
    kept = serializers.serialize("json", [job])

    def put_back() -> str:
        for model in (Submission, Attempt, Event):
            model.objects.filter(job=job).delete()
        for row in serializers.deserialize("json", kept):
            row.save()
        printed = StringIO()
        call_command("after_restore", stdout=printed)
        return printed.getvalue()

    return put_back


@pytest.mark.parametrize("idempotency", [Idempotency.TOKEN, Idempotency.TAG])
def test_what_was_bought_after_the_backup_is_found_and_not_bought_again(
    vendor: Vendor, make: Callable[[], Job], idempotency: Idempotency
) -> None:
    vendor.idempotency = idempotency
    job = make()
    put_back = backup(job)
    assert take_steps(job).state == State.SUBMITTED
    assert (vendor.posts, len(vendor.runs)) == (1, 1)
    put_back()
    job.refresh_from_db()
    assert job.state == State.QUEUED
    take_steps(job, 3)
    assert (vendor.posts, len(vendor.runs)) == (1, 1)
    assert (job.state, job.submissions.get().remote_id) == (State.SUBMITTED, "R0")
    vendor.end()
    assert take_steps(job, 3).state == State.DONE


@pytest.mark.parametrize("idempotency", list(Idempotency))
def test_where_the_vendor_has_nothing_a_person_is_asked(
    vendor: Vendor, make: Callable[[], Job], user: User, idempotency: Idempotency
) -> None:
    vendor.idempotency = idempotency
    job = make()
    backup(job)()
    assert take_steps(job, 3).state == State.HOLD
    assert vendor.posts == 0
    job_release(job=job, by=user)
    assert take_steps(job, 3).state == State.SUBMITTED
    assert (vendor.posts, len(vendor.runs)) == (1, 1)


def test_a_job_that_is_made_afterwards_is_sent_like_any_other(
    vendor: Vendor, make: Callable[[], Job]
) -> None:
    backup(make())()
    job = make()
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now())
    assert take_steps(job).state == State.SUBMITTED
    assert vendor.posts == 1


def test_campaigns_are_paused(make: Callable[[], Job], api: Any, project: Project) -> None:
    sweep, place = {"sources": ["hf"], "points": [1.1]}, f"/api/v1/projects/{project.pk}/campaigns"
    body = {"name": "curve", "sweep": sweep}
    assert api.post(place, body, format="json").status_code == 202
    assert "campaigns paused: 1" in backup(make())()
    assert Campaign.objects.get().state == "paused"
