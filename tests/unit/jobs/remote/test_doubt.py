"""Whether a vendor has a run is not known: nothing is bought twice, and a person decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.utils import timezone

from backends.base import Idempotency
from qtwin.accounts.models import User
from qtwin.jobs.models import Event, Job, State
from qtwin.jobs.services import claim, job_cancel, job_release, submission_begin
from tests.memory_vendor import MemoryBackend, Vendor

pytestmark = pytest.mark.django_db
Tick = Callable[..., Job]


@pytest.mark.parametrize("fate", ["lost_before", "lost_after"])
def test_an_unknown_outcome_repeats_its_token_and_buys_once(
    vendor: Vendor, job: Job, tick: Tick, fate: str
) -> None:
    vendor.fates = [fate, fate]
    assert tick(job, 2).state == State.SUBMITTING
    assert tick(job).state == State.SUBMITTED
    assert job.submissions.get().epoch == 0
    assert (vendor.posts, len(vendor.runs)) == (3, 1)


@pytest.mark.parametrize("fate", ["refused", "busy"])
def test_what_was_proven_not_created_gets_the_next_epoch(
    vendor: Vendor, job: Job, tick: Tick, fate: str
) -> None:
    vendor.fates = [fate]
    assert tick(job).state == State.QUEUED
    assert job.next_run_at > timezone.now()
    assert tick(job).state == State.SUBMITTED
    assert [(s.epoch, s.state, s.settled_cost) for s in job.submissions.all()] == [
        (0, "VOID", 0),
        (1, "SUBMITTED", None),
    ]
    assert [a.outcome for a in job.attempts.all()] == ["not_created", ""]


def test_a_refusal_of_a_repetition_proves_nothing(vendor: Vendor, job: Job, tick: Tick) -> None:
    vendor.fates = ["lost_after", "refused", "busy", "credential"]
    assert tick(job, 4).state == State.SUBMITTING
    assert tick(job).state == State.SUBMITTED
    assert len(vendor.runs) == 1
    assert job.submissions.get().epoch == 0


def test_a_later_permanent_refusal_is_for_a_person(vendor: Vendor, job: Job, tick: Tick) -> None:
    vendor.fates = ["lost_after", "rejected"]
    assert tick(job, 2).state == State.HOLD
    assert job.reason_code == "refused_later"


def test_a_permanent_refusal_fails_and_costs_nothing(vendor: Vendor, job: Job, tick: Tick) -> None:
    vendor.fates = ["rejected"]
    assert tick(job).state == State.FAILED
    assert (job.reason_code, job.reason) == ("rejected", "400: too deep")
    assert job.submissions.get().settled_cost == 0


def test_a_worker_that_died_before_or_after_its_post_leaves_one_run(
    vendor: Vendor, job: Job, tick: Tick, abandon: Callable[[Job], None]
) -> None:
    held = claim(job.pk, owner="dies", lease_s=30)
    assert held is not None
    submission = submission_begin(held, MemoryBackend().capabilities)
    vendor.post(submission.token, b"{}")
    abandon(job)
    assert tick(job).state == State.SUBMITTED
    assert len(vendor.runs) == 1


@pytest.mark.parametrize("idempotency", [Idempotency.TAG, Idempotency.NONE])
def test_a_vendor_without_tokens_is_never_asked_twice(
    vendor: Vendor,
    job: Job,
    tick: Tick,
    pass_time: Callable[[Job, float], None],
    idempotency: Idempotency,
) -> None:
    vendor.idempotency = idempotency
    vendor.fates = ["lost_before"]
    tick(job, 2)
    if idempotency is Idempotency.TAG:
        assert job.state == State.SUBMITTING, "the list may lag"
        pass_time(job, 30.0 + 30.0 + 15.0 + 1.0)
        tick(job)
    assert (job.state, job.reason_code) == (State.HOLD, "outcome_unknown")
    tick(job, 3)
    assert (job.state, vendor.posts) == (State.HOLD, 1)


def test_a_run_that_the_list_shows_late_is_taken(vendor: Vendor, job: Job, tick: Tick) -> None:
    vendor.idempotency, vendor.listing_lags, vendor.fates = Idempotency.TAG, True, ["lost_after"]
    assert tick(job, 3).state == State.SUBMITTING
    vendor.runs["R0"].listed = True
    assert tick(job).state == State.SUBMITTED
    assert job.submissions.get().remote_id == "R0"


def test_a_token_past_its_lifetime_is_not_repeated(
    vendor: Vendor, job: Job, tick: Tick, pass_time: Callable[[Job, float], None]
) -> None:
    vendor.queue = replace(vendor.queue, token_lifetime_s=600.0)
    vendor.fates = ["lost_before"]
    tick(job)
    pass_time(job, 590.0)
    assert tick(job).state == State.HOLD
    assert vendor.posts == 1


def test_two_runs_of_one_submission_are_an_incident(vendor: Vendor, job: Job, tick: Tick) -> None:
    vendor.idempotency, vendor.fates = Idempotency.TAG, ["lost_after"]
    tick(job)
    vendor.post(vendor.runs["R0"].token, b"{}")
    assert (tick(job).state, job.reason_code) == (State.HOLD, "several_found")
    event = Event.objects.filter(job=job, to_state="HOLD").get()
    assert event.data["remote_ids"] == ["R0", "R1"]


@pytest.fixture
def held(vendor: Vendor, job: Job, tick: Tick, pass_time: Callable[[Job, float], None]) -> Job:
    """A job of which nobody knows whether it was bought."""
    vendor.idempotency = Idempotency.TAG
    vendor.fates = ["lost_before"]
    tick(job)
    pass_time(job, 1000.0)
    assert tick(job).state == State.HOLD
    return job


def test_a_release_looks_again_and_then_buys_under_the_next_epoch(
    held: Job, user: User, tick: Tick
) -> None:
    job_release(job=held, by=user)
    assert tick(held).state == State.QUEUED
    assert tick(held).state == State.SUBMITTED
    assert [s.epoch for s in held.submissions.all()] == [0, 1]


@pytest.mark.parametrize("wish", ["release", "cancel"])
def test_a_release_or_cancellation_of_what_was_bought_after_all_takes_the_run(
    vendor: Vendor, held: Job, user: User, tick: Tick, wish: str
) -> None:
    vendor.create(held.submissions.get().token, b"{}")
    (job_release if wish == "release" else job_cancel)(job=held, by=user)
    assert tick(held).state == State.SUBMITTED
    assert vendor.posts == 1
    if wish == "cancel":
        assert (tick(held).state, vendor.cancels) == (State.CANCELLED, ["R0"])


def test_cancelling_a_hold_ends_it_when_the_vendor_has_nothing(
    held: Job, user: User, tick: Tick
) -> None:
    assert job_cancel(job=held, by=user).state == State.HOLD
    assert tick(held).state == State.CANCELLED
    assert held.submissions.get().state == "VOID"
