"""claim and move: one holder at a time, and nothing is written by one who lost the lease."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from qtwin.jobs.models import Event, Job, State
from qtwin.jobs.services import LeaseLost, claim, move, renew
from qtwin.jobs.states import MOVES, TERMINAL

pytestmark = pytest.mark.django_db


def let_lease_run_out(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def claimed(job: Job, owner: str = "a") -> Job:
    found = claim(job.pk, owner=owner, lease_s=30)
    assert found is not None
    return found


def test_a_claimed_job_cannot_be_claimed_again(job: Job) -> None:
    assert claimed(job).fence == 1
    assert claim(job.pk, owner="b", lease_s=30) is None


def test_a_job_that_is_not_due_cannot_be_claimed(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(next_run_at=timezone.now() + timedelta(seconds=60))
    assert claim(job.pk, owner="a", lease_s=30) is None


@pytest.mark.parametrize("state", [*TERMINAL, State.HOLD])
def test_an_ended_or_held_job_cannot_be_claimed(job: Job, state: State) -> None:
    Job.objects.filter(pk=job.pk).update(
        state=state,
        finished_at=timezone.now() if state in TERMINAL else None,
        points_done=job.points_total,
        reason_code="why",
    )
    assert claim(job.pk, owner="a", lease_s=30) is None


def test_a_worker_that_lost_its_lease_writes_nothing(job: Job) -> None:
    sleepy = claimed(job, "sleepy")
    move(sleepy, State.RUNNING, keep_lease=True)
    let_lease_run_out(job)
    awake = claimed(job, "awake")
    events = Event.objects.filter(job=job).count()
    with pytest.raises(LeaseLost):
        move(sleepy, State.FAILED, reason_code="late", reason="late")
    assert not renew(sleepy, lease_s=30)
    assert renew(awake, lease_s=30)
    job.refresh_from_db()
    assert (job.state, job.fence) == (State.RUNNING, awake.fence)
    assert Event.objects.filter(job=job).count() == events


def test_taking_over_from_a_dead_worker_counts_a_crash_and_a_new_attempt(job: Job) -> None:
    first = claimed(job)
    move(first, State.RUNNING, keep_lease=True)
    let_lease_run_out(job)
    second = claimed(job, "b")
    assert (second.crash_count, second.attempt) == (1, 2)


def test_a_lease_that_was_given_back_is_no_crash(job: Job) -> None:
    first = claimed(job)
    move(first, State.RUNNING)
    second = claimed(job, "b")
    assert (second.crash_count, second.attempt) == (0, 1)


def test_a_guard_that_fails_writes_nothing(job: Job) -> None:
    held = claimed(job)
    with pytest.raises(LeaseLost):
        move(held, State.RUNNING, guard=Q(points_done=5))
    job.refresh_from_db()
    assert job.state == State.QUEUED


def test_a_move_that_the_machine_does_not_have_is_refused(job: Job) -> None:
    with pytest.raises(ValueError, match="no move from QUEUED to FETCHED"):
        move(claimed(job), State.FETCHED)


def test_terminal_states_have_no_way_out() -> None:
    assert all(not MOVES[state] for state in TERMINAL)
    assert set(MOVES) == set(State)


def test_the_events_replay_to_the_row(job: Job) -> None:
    held = claimed(job)
    move(held, State.RUNNING)
    move(claimed(job, "b"), State.FAILED, reason_code="x", reason="x")
    events = list(Event.objects.filter(job=job).order_by("id"))
    assert [event.to_state for event in events] == ["QUEUED", "RUNNING", "FAILED"]
    assert [event.fence for event in events] == sorted(event.fence for event in events)
    job.refresh_from_db()
    assert events[-1].to_state == job.state


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": State.DONE, "finished_at": timezone.now()},
        {"state": State.FAILED, "finished_at": timezone.now()},
        {"state": State.CANCELLED},
        {"points_done": 99},
        {"state": "LOST"},
    ],
)
def test_the_database_refuses_rows_that_cannot_be(job: Job, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**wrong)


def test_what_moves_without_a_wait_is_due_in_the_same_millisecond(job: Job) -> None:
    for _ in range(20):
        held = claimed(job)
        move(held, State.RUNNING if held.state == State.QUEUED else State(held.state))
