"""A paid run from the intent to measurements, and cancellations on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.jobs.models import Event, Job, Measurement, State, Submission
from qtwin.jobs.services import job_cancel
from qtwin.projects.services import artifact_read
from tests.memory_vendor import PRICE, MemoryBackend, Vendor

pytestmark = pytest.mark.django_db
Tick = Callable[..., Job]


def states(job: Job) -> list[str]:
    events = Event.objects.filter(job=job, kind="job.state").order_by("id")
    return [event.to_state for event in events]


def test_a_run_goes_from_intent_to_measurements_and_is_settled_once(
    vendor: Vendor, job: Job, tick: Tick
) -> None:
    assert tick(job).state == State.SUBMITTED
    assert tick(job).state == State.SUBMITTED
    vendor.end()
    assert tick(job).state == State.DONE
    assert states(job) == ["QUEUED", "SUBMITTING", "SUBMITTED", "FETCHED", "DONE"]
    submission = job.submissions.get()
    assert submission.token == f"qtwin-{job.pk}-0-0"
    assert (submission.remote_id, submission.settled_cost) == ("R0", PRICE)
    assert submission.raw is not None
    assert artifact_read(submission.raw) == vendor.runs["R0"].payload
    assert Measurement.objects.filter(job=job).count() == 2
    assert (vendor.posts, vendor.bill) == (1, PRICE)


def test_the_intent_is_committed_before_the_vendor_hears_of_it(
    vendor: Vendor, job: Job, tick: Tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str]] = []

    def post(token: str, payload: bytes) -> str:
        seen.append((Job.objects.get(pk=job.pk).state, Submission.objects.get().token))
        return "R9"

    monkeypatch.setattr(vendor, "post", post, raising=False)
    tick(job)
    assert seen == [(State.SUBMITTING, f"qtwin-{job.pk}-0-0")]


def test_a_job_of_more_points_than_one_run_takes_has_parts(
    vendor: Vendor, submit: Callable[..., Job], tick: Tick
) -> None:
    vendor.queue = replace(vendor.queue, max_points=2)
    job = submit(points=5)
    for _ in range(3):
        tick(job)
        vendor.end()
        tick(job)
    assert job.state == State.DONE
    parts = job.submissions.values_list("part", "first_row", "rows", "settled_cost")
    assert list(parts) == [(0, 0, 2, PRICE), (1, 2, 2, PRICE), (2, 4, 1, PRICE)]
    assert list(
        Measurement.objects.filter(job=job).order_by("row").values_list("row", flat=True)
    ) == [0, 1, 2, 3, 4]


def test_a_backend_says_how_many_points_of_a_source_one_run_takes(
    vendor: Vendor, submit: Callable[..., Job], tick: Tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MemoryBackend, "most_points", lambda *_: 3)
    job = submit(points=5)
    for _ in range(2):
        tick(job)
        vendor.end()
        tick(job)
    assert job.state == State.DONE
    assert list(job.submissions.values_list("rows", flat=True)) == [3, 2]


def test_a_cancelled_job_that_waits_is_never_posted(
    vendor: Vendor, job: Job, user: User, tick: Tick
) -> None:
    assert job_cancel(job=job, by=user).state == State.CANCELLED
    tick(job, 2)
    assert vendor.posts == 0


def test_a_cancellation_while_submitting_waits_for_the_outcome(
    vendor: Vendor, job: Job, user: User, tick: Tick
) -> None:
    vendor.fates = ["lost_after"]
    tick(job)
    assert job_cancel(job=job, by=user).state == State.SUBMITTING
    assert tick(job).state == State.SUBMITTED
    assert tick(job).state == State.CANCELLED
    assert (vendor.cancels, len(vendor.runs), vendor.bill) == (["R0"], 1, 0)
    assert job.submissions.get().settled_cost == 0


def test_a_run_that_finishes_in_spite_of_a_cancellation_is_done_and_charged(
    vendor: Vendor, job: Job, user: User, tick: Tick
) -> None:
    tick(job)
    vendor.end()
    job_cancel(job=job, by=user)
    assert tick(job).state == State.DONE
    assert vendor.cancels == ["R0"]
    assert job.submissions.get().settled_cost == PRICE


def test_the_database_refuses_a_second_live_submission(
    vendor: Vendor, job: Job, tick: Tick
) -> None:
    tick(job)
    first = job.submissions.get()
    for part in (0, 1):
        with pytest.raises(IntegrityError), transaction.atomic():
            Submission.objects.create(
                job=job, part=part, epoch=7, token="t", vendor="memory", started_at=timezone.now()
            )
    for wrong in ({"remote_id": None}, {"settled_cost": 5}, {"state": "DONE"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Submission.objects.filter(pk=first.pk).update(**wrong)
