"""Chunks: measurements and progress land together, once, or not at all."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.jobs.models import Job, Measurement, State
from qtwin.jobs.selectors import measurements_valid
from qtwin.jobs.services import (
    LeaseLost,
    attempt_begin,
    chunk_record,
    claim,
    job_cancel,
    job_try_again,
    measurement_invalidate,
    measurement_restore,
    move,
    renew,
)
from qtwin.jobs.services.backoff import MAX_CRASHES
from qtwin.projects.services import artifact_read
from tests.unit.jobs.conftest import result_of

pytestmark = pytest.mark.django_db


def running(job: Job, owner: str = "a") -> Job:
    held = claim(job.pk, owner=owner, lease_s=30)
    assert held is not None
    if held.state == State.QUEUED:
        move(held, State.RUNNING, keep_lease=True, started_at=timezone.now())
    attempt_begin(held)
    return held


def test_chunks_add_up_to_a_done_job_with_one_measurement_per_point(job: Job) -> None:
    for start, rows in ((0, 3), (3, 3), (6, 1)):
        chunk_record(running(job), start=start, result=result_of(rows))
    job.refresh_from_db()
    assert (job.state, job.points_done, job.attempt) == (State.DONE, 7, 1)
    measured = Measurement.objects.filter(job=job).order_by("row")
    assert [row.point for row in measured] == job.points
    assert job.attempts.get().outcome == "done"
    job.project.refresh_from_db()
    assert job.project.evidence == 3


def test_a_chunk_of_a_worker_that_was_replaced_is_dropped_whole(job: Job) -> None:
    sleepy = running(job, "sleepy")
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    awake = running(job, "awake")
    chunk_record(awake, start=0, result=result_of(3))
    with pytest.raises(LeaseLost):
        chunk_record(sleepy, start=0, result=result_of(3))
    job.refresh_from_db()
    assert job.points_done == 3
    assert Measurement.objects.filter(job=job).count() == 3
    assert [a.outcome for a in job.attempts.all()] == ["lost", ""]


def test_the_raw_payload_is_kept_and_gives_the_same_numbers(job: Job) -> None:
    result = result_of(3)
    chunk_record(running(job), start=0, result=result)
    row = Measurement.objects.filter(job=job).order_by("row").first()
    assert row is not None
    assert row.raw is not None
    payload = json.loads(gzip.decompress(artifact_read(row.raw)))
    assert np.array_equal(payload["values"], result.values)


def test_progress_forgives_earlier_crashes(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(crash_count=2)
    chunk_record(running(job), start=0, result=result_of(3))
    job.refresh_from_db()
    assert job.crash_count == 0


def test_three_crashes_in_a_row_end_the_job_and_say_so(job: Job) -> None:
    for _ in range(MAX_CRASHES):
        job_try_again(running(job), code="crashed", reason="It crashed.", crashed=True)
        Job.objects.filter(pk=job.pk).update(next_run_at=timezone.now() - timedelta(seconds=1))
    job.refresh_from_db()
    assert (job.state, job.reason_code) == (State.FAILED, "crashed")
    assert "Given up after 3 attempts" in job.reason


def test_cancelling_a_waiting_job_ends_it_at_once(job: Job, user: User) -> None:
    assert job_cancel(job=job, by=user).state == State.CANCELLED


def test_cancelling_a_job_in_work_waits_for_its_worker(job: Job, user: User) -> None:
    held = running(job)
    assert job_cancel(job=job, by=user).state == State.RUNNING
    assert not renew(held, lease_s=30)


def test_cancelling_an_ended_job_changes_nothing(job: Job, user: User) -> None:
    ended = job_cancel(job=job, by=user).finished_at
    assert job_cancel(job=job, by=user).finished_at == ended


def test_an_invalidated_measurement_leaves_the_evidence_and_can_come_back(
    job: Job, user: User
) -> None:
    chunk_record(running(job), start=0, result=result_of(3))
    row = Measurement.objects.filter(job=job).first()
    assert row is not None
    measurement_invalidate(measurement=row, why="loose cable", by=user)
    assert measurements_valid(job.project_id).count() == 2
    measurement_restore(measurement=row, why="was another cable", by=user)
    assert measurements_valid(job.project_id).count() == 3
    job.project.refresh_from_db()
    assert job.project.evidence == 3


def test_a_chunk_cannot_be_recorded_twice_under_one_lease(job: Job) -> None:
    held = running(job)
    chunk_record(held, start=0, result=result_of(3))
    with pytest.raises(LeaseLost):
        chunk_record(held, start=0, result=result_of(3))
    assert Measurement.objects.filter(job=job).count() == 3


def test_a_point_without_an_answer_has_a_reason_and_is_no_evidence(job: Job) -> None:
    result = result_of(3)
    values = result.values.copy()
    values[1] = np.nan
    chunk_record(
        running(job),
        start=0,
        result=replace(result, values=values, failures={1: "ccsd did not converge"}),
    )
    chunk_record(running(job), start=3, result=result_of(4))
    job.refresh_from_db()
    assert (job.state, job.points_done, job.points_failed) == (State.DONE, 7, 1)
    assert list(job.failures.values_list("row", "reason")) == [(1, "ccsd did not converge")]
    measured = Measurement.objects.filter(job=job).order_by("row")
    assert [row.row for row in measured] == [0, 2, 3, 4, 5, 6]


def test_a_job_without_any_answer_failed_and_says_so(job: Job) -> None:
    empty = dict.fromkeys(range(7), "it did not converge")
    result = result_of(7)
    nothing = replace(result, values=result.values * np.nan, failures=empty)
    chunk_record(running(job), start=0, result=nothing)
    job.refresh_from_db()
    assert (job.state, job.reason_code, job.points_failed) == (State.FAILED, "no_answer", 7)
    assert "it did not converge" in job.reason
    assert job.attempts.get().outcome == "no_answer"
    assert not Measurement.objects.filter(job=job).exists()


def test_a_truncated_method_keeps_how_far_its_value_moved(job: Job) -> None:
    moved = replace(result_of(3), truncation_errors=np.full((3, 1), 1e-4))
    chunk_record(running(job), start=0, result=moved)
    assert {row.truncation for row in Measurement.objects.filter(job=job)} == {1e-4}
