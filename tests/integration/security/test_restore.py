"""A backup is put back: nothing that was bought after it was made is bought again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import serializers
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from backends import registry
from backends.base import Idempotency
from qtwin.accounts.models import User
from qtwin.campaigns.models import Campaign, Schedule
from qtwin.campaigns.selectors import schedules_due
from qtwin.jobs.models import Attempt, Event, Job, State, Submission
from qtwin.jobs.services import JobSpec, job_release, job_submit
from qtwin.projects.models import Project
from qtwin.projects.services import source_create
from qtwin.training.models import Loop
from qtwin.training.selectors import loops_due
from qtwin.training.services import loop_create
from tests import memory_vendor, trained
from tests.memory_vendor import Vendor
from tests.unit.jobs.stepping import take_steps
from tests.unit.training.loops.rounds import ASKED


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


@pytest.fixture
def loop(project: Project, user: User) -> Loop:
    return loop_create(world=trained.world_of(project, user), by=user, **ASKED)


def backup(job: Job) -> Callable[[], str]:
    """What puts the job's rows back as they are now, as an operator does."""
    kept = serializers.serialize("json", [job, *job.submissions.all()])

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


@pytest.mark.parametrize("idempotency", [Idempotency.TOKEN, Idempotency.TAG])
def test_what_was_being_sent_is_looked_for_and_not_sent_again(
    vendor: Vendor, make: Callable[[], Job], idempotency: Idempotency
) -> None:
    vendor.idempotency, vendor.fates = idempotency, ["lost_before"]
    job = make()
    assert take_steps(job).state == State.SUBMITTING
    put_back = backup(job)
    submission = job.submissions.get()
    vendor.create(submission.token, b"{}")  # what a step of the time after the backup bought
    put_back()
    assert take_steps(job).state == State.SUBMITTED
    assert (vendor.posts, job.submissions.get().remote_id) == (1, "R0")


@pytest.mark.parametrize("idempotency", [Idempotency.TOKEN, Idempotency.TAG])
def test_a_later_try_that_the_backup_knows_nothing_of_is_found(
    vendor: Vendor, make: Callable[[], Job], idempotency: Idempotency
) -> None:
    vendor.idempotency, vendor.fates = idempotency, ["busy", "refused"]
    job = make()
    put_back = backup(job)
    assert take_steps(job, 3).state == State.SUBMITTED
    (run,) = vendor.runs.values()
    assert run.token.endswith("-0-2")
    put_back()
    assert take_steps(job, 2).state == State.SUBMITTED
    assert vendor.posts == 3
    submission = job.submissions.get()
    assert (submission.token, submission.epoch) == (run.token, 2)
    vendor.end()
    assert take_steps(job, 3).state == State.DONE


def test_one_that_was_being_sent_and_that_nobody_has_is_sent_once_a_person_lets_it_go(
    vendor: Vendor, make: Callable[[], Job], user: User
) -> None:
    vendor.fates = ["lost_before"]
    job = make()
    take_steps(job)
    long_ago = timezone.now() - timedelta(hours=1)
    job.submissions.update(started_at=long_ago)
    backup(job)()
    assert take_steps(job, 3).state == State.HOLD
    assert vendor.posts == 1
    job_release(job=job, by=user)
    assert take_steps(job, 3).state == State.SUBMITTED
    assert (vendor.posts, len(vendor.runs)) == (2, 1)


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


def test_schedules_stop_until_somebody_starts_them_and_what_passed_meanwhile_is_over(
    make: Callable[[], Job], api: Any, project: Project
) -> None:
    campaign = {"name": "nightly", "sweep": {"sources": ["hf"], "points": [1.1]}}
    body = {"campaign": campaign, "every": {"hours": 24}}
    answer = api.post(f"/api/v1/projects/{project.pk}/schedules", body, format="json")
    assert answer.status_code == 201, answer.content
    missed = timezone.now() - timedelta(hours=1)
    Schedule.objects.update(next_at=missed)
    assert schedules_due().exists()
    assert "schedules stopped: 1" in backup(make())()
    assert not schedules_due().exists()
    place = f"/api/v1/schedules/{answer.json()['id']}"
    assert "a backup was put back" in api.get(place).json()["problem"]
    assert api.post(f"{place}:start").status_code == 200
    schedule = Schedule.objects.get()
    assert schedule.next_at is not None
    assert (schedule.active, schedule.problem, schedule.next_at > timezone.now()) == (
        True,
        "",
        True,
    )


def test_loops_stand_still_until_a_person_says_go(make: Callable[[], Job], loop: Loop) -> None:
    work = Loop.objects.filter(pk=loop.pk)
    assert loops_due(9) == [loop.pk]
    assert "loops and reports that stand still: 1" in backup(make())()
    assert loops_due(9) == []
    assert "a backup was put back" in work.get().reason
    printed = StringIO()
    call_command("after_restore", "--go", stdout=printed)
    assert "go on: 1" in printed.getvalue()
    assert loops_due(9) == [loop.pk]


def test_who_was_signed_in_is_signed_out(make: Callable[[], Job], user: User) -> None:
    """A session that ended after the backup was made would be back."""
    browser = Client()
    browser.force_login(user)
    assert browser.get("/projects").status_code == 200
    backup(make())()
    assert browser.get("/projects").status_code == 302
