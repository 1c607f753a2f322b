"""A result that is paid for and kept, and that workers die on while they read it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qtwin.accounts.models import User
from qtwin.jobs.audit import audit
from qtwin.jobs.models import Job, Measurement, State
from qtwin.jobs.models.job import NEVER
from qtwin.jobs.services import job_cancel, job_release
from tests.memory_vendor import PRICE, Killed, MemoryBackend, Vendor

pytestmark = pytest.mark.django_db
Tick = Callable[..., Job]


def _unread(vendor: Vendor, job: Job, tick: Tick, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A paid result that every worker dies on while it reads it, three times in a row."""

    def die(*_: object) -> None:
        raise Killed

    tick(job)
    vendor.end()
    with monkeypatch.context() as patch:
        patch.setattr(MemoryBackend, "parse", die)
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
