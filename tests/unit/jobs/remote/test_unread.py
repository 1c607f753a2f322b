"""A result that is paid for and kept, and that workers die on while they read it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qtwin.accounts.models import User
from qtwin.jobs.audit import audit
from qtwin.jobs.models import Job, Measurement, State
from qtwin.jobs.models.job import NEVER
from qtwin.jobs.services import job_cancel, job_release, renew
from qtwin.jobs.services.lease import seize
from tests.memory_vendor import PRICE, Killed, Vendor
from workers import collect
from workers.sandbox import Limits

pytestmark = pytest.mark.django_db
Tick = Callable[..., Job]


def _unread(vendor: Vendor, job: Job, tick: Tick, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A paid result that every worker dies on while it reads it, three times in a row."""

    def die(*_: object) -> None:
        raise Killed

    tick(job)
    vendor.end()
    with monkeypatch.context() as patch:
        patch.setattr(collect, "artifact_read", die)
        for _ in range(3):
            with pytest.raises(Killed):
                tick(job)
            Job.objects.filter(pk=job.pk).update(lease_until=NEVER)  # its lease runs out
        return tick(job)


def test_a_paid_result_that_workers_die_on_is_held_and_read_once_more_on_release(
    vendor: Vendor, job: Job, user: User, tick: Tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = _unread(vendor, job, tick, monkeypatch)
    assert (held.state, held.reason_code) == (State.HOLD, "unread_result")
    assert audit() == []
    vendor.answers = False  # nobody has to ask for what is kept
    job_release(job=held, by=user)
    assert tick(held).state == State.FETCHED
    assert tick(held).state == State.DONE
    assert Measurement.objects.filter(job=job).count() == 2
    assert (job.submissions.get().settled_cost, vendor.posts) == (PRICE, 1)
    assert audit() == []


def test_a_held_result_that_is_cancelled_is_charged_and_its_bytes_stay(
    vendor: Vendor, job: Job, user: User, tick: Tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = _unread(vendor, job, tick, monkeypatch)
    job_cancel(job=held, by=user)
    assert tick(held).state == State.CANCELLED
    submission = job.submissions.get()
    assert (submission.state, submission.settled_cost) == ("CANCELLED", PRICE)
    assert submission.raw is not None
    assert audit() == []


def test_a_result_that_ends_its_reader_is_tried_again_then_held_and_no_worker_dies(
    vendor: Vendor, job: Job, user: User, tick: Tick
) -> None:
    tick(job)
    vendor.spoil(abort=True)
    vendor.end()
    assert tick(job).state == State.FETCHED
    assert (job.crash_count, job.reason_code) == (1, "crashed")
    assert "signal 6" in job.reason
    assert tick(job, 2).crash_count == 3
    held = tick(job)
    assert (held.state, held.reason_code) == (State.HOLD, "unread_result")
    assert "failed 3 times in a row" in held.reason
    assert audit() == []
    job_cancel(job=held, by=user)
    assert tick(held).state == State.CANCELLED
    assert job.submissions.get().settled_cost == PRICE


def test_a_result_that_takes_too_much_is_held_at_once_and_can_be_released(
    vendor: Vendor, job: Job, user: User, tick: Tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    tick(job)
    vendor.spoil(hoard=10**8)
    vendor.end()
    with monkeypatch.context() as patch:
        patch.setattr(collect, "READING", Limits(memory_bytes=1 << 29))
        held = tick(job)
    assert (held.state, held.reason_code) == (State.HOLD, "unread_result")
    assert "more memory than the limit of 512 MiB" in held.reason
    job_release(job=held, by=user)
    assert tick(held, 2).state == State.DONE
    assert audit() == []


def test_a_worker_that_loses_its_lease_while_it_reads_drops_what_it_reads(
    vendor: Vendor, job: Job, tick: Tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    tick(job)
    vendor.spoil(sleep_s=30.0)
    vendor.end()

    def taken_over(held: Job, **_: object) -> bool:
        assert seize(Job.objects.get(pk=held.pk))
        return renew(held, lease_s=1.0, heed_cancel=False)

    with monkeypatch.context() as patch:
        patch.setattr(collect, "renew", taken_over)
        assert tick(job).state == State.FETCHED
    assert not Measurement.objects.exists()
    assert job.crash_count == 0
