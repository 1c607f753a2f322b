"""How a run ends at its vendor, and a vendor that says something unexpected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.accounts.services import credential_store
from qtwin.jobs.models import Event, Job, Measurement, State
from qtwin.projects.models import Project
from qtwin.projects.services import artifact_read
from tests.memory_vendor import PRICE, Vendor

pytestmark = pytest.mark.django_db
Tick = Callable[..., Job]


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
