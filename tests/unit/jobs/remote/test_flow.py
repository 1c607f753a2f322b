"""A paid run from the intent to measurements, and every way in which a vendor may fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from backends.base import Idempotency
from qtwin.accounts.models import User
from qtwin.accounts.services import credential_store
from qtwin.jobs.models import Event, Job, Measurement, State, Submission
from qtwin.jobs.services import claim, job_cancel, job_release, submission_begin
from qtwin.projects.models import Project
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


def test_a_failure_at_the_vendor_is_settled(vendor: Vendor, job: Job, tick: Tick) -> None:
    tick(job)
    vendor.end("FAILED")
    assert (tick(job).state, job.reason_code) == (State.FAILED, "vendor_failed")
    assert job.submissions.get().settled_cost == PRICE == vendor.bill


def test_an_unknown_status_is_not_guessed_and_nothing_is_lost(
    vendor: Vendor, job: Job, tick: Tick
) -> None:
    tick(job)
    vendor.runs["R0"].word = "PAUSED"
    assert (tick(job).state, job.reason_code) == (State.SUBMITTED, "unknown_status")
    vendor.runs["R0"].word = "COMPLETED"
    assert tick(job).state == State.DONE


@pytest.mark.parametrize(
    "payload",
    [
        b"not json",
        b'{"values": [[1.0]], "shots": 100, "seed": 5}',
        b'{"values": [[1.0], [NaN]], "shots": 100, "seed": 5}',
        b'{"values": [[1.0], [1.0]], "shots": 99, "seed": 5}',
    ],
)
def test_a_malformed_result_fails_and_keeps_its_bytes(
    vendor: Vendor, job: Job, tick: Tick, payload: bytes
) -> None:
    tick(job)
    vendor.runs["R0"].payload = payload
    vendor.end()
    assert (tick(job).state, job.reason_code) == (State.FAILED, "malformed")
    submission = job.submissions.get()
    assert submission.raw is not None
    assert artifact_read(submission.raw) == payload
    assert submission.settled_cost == PRICE
    assert not Measurement.objects.filter(job=job).exists()


def test_a_refused_credential_blocks_and_the_job_goes_on_after_the_fix(
    vendor: Vendor, job: Job, user: User, project: Project, tick: Tick
) -> None:
    vendor.queue = replace(vendor.queue, credential="memory")
    assert (tick(job).state, job.reason_code) == (State.QUEUED, "blocked_credential")
    assert "no credential for memory" in job.reason
    for secret, posts in (("wrong", 0), ("right", 1)):
        credential_store(team=project.team, vendor="memory", label="k", secret=secret, by=user)
        tick(job)
        assert vendor.posts == posts
    assert job.state == State.SUBMITTED
    credential_store(team=project.team, vendor="memory", label="k", secret="old", by=user)
    vendor.end()
    assert (tick(job).state, job.reason_code) == (State.SUBMITTED, "blocked_credential")
    credential_store(team=project.team, vendor="memory", label="k", secret="right", by=user)
    assert tick(job).state == State.DONE


def test_polls_grow_are_capped_and_leave_no_event(vendor: Vendor, job: Job, tick: Tick) -> None:
    tick(job, 2)
    events, waits = Event.objects.filter(job=job).count(), []
    for _ in range(14):
        tick(job)
        waits.append((job.next_run_at - timezone.now()).total_seconds())
    assert Event.objects.filter(job=job).count() == events
    assert waits[0] < waits[4] < waits[8]
    assert max(waits) <= 60.0
    assert len({round(wait, 2) for wait in waits[-4:]}) > 1, "no jitter"


def test_a_vendor_that_is_away_costs_time_only(vendor: Vendor, job: Job, tick: Tick) -> None:
    vendor.answers = False
    assert tick(job, 2).state == State.SUBMITTING
    vendor.answers = True
    tick(job)
    vendor.answers = False
    assert (tick(job).state, job.reason_code) == (State.SUBMITTED, "vendor_unavailable")
    vendor.answers = True
    vendor.end()
    assert tick(job).state == State.DONE
    assert len(vendor.runs) == 1


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
