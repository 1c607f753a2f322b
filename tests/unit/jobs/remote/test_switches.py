"""What is turned off sends nothing more to a vendor, loses nothing, and goes on when it is on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.jobs.audit import audit
from qtwin.jobs.models import Job, State
from qtwin.jobs.selectors import jobs_due, jobs_visible_to
from qtwin.jobs.services import LeaseLost, claim, job_cancel, submission_begin
from qtwin.jobs.waiting import job_waiting
from qtwin.projects.models import Budget, Period, Project, Unit
from qtwin.projects.services import budget_set, spending_rule_set
from tests.memory_vendor import PRICE, MemoryBackend, Vendor
from tests.switch import CODES, Switch

pytestmark = pytest.mark.django_db
Tick = Callable[..., Job]


@pytest.fixture
def paid(project: Project, vendor: Vendor, user: User) -> None:
    """Paid sources are on, and there is money for ten points."""
    vendor.paid = True
    spending_rule_set(project=project, by=user, paid_sources=True)
    budget_set(
        scope=project,
        unit=Unit.MONEY,
        period=Period.TOTAL,
        limit=10 * PRICE,
        per_job=None,
        by=user,
    )


@pytest.fixture
def job(paid: None, submit: Callable[..., Job]) -> Job:
    return submit()


@pytest.fixture(params=CODES)
def switch(request: pytest.FixtureRequest, project: Project) -> Switch:
    return Switch(code=request.param, project=project, backend="memory")


def test_a_queued_job_waits_says_so_and_goes_on(
    switch: Switch, job: Job, vendor: Vendor, user: User, tick: Tick
) -> None:
    switch.turn(on=False)
    assert tick(job, 3).state == State.QUEUED
    assert (vendor.posts, jobs_due(9)) == (0, [])
    for seen in (Job.objects.get(pk=job.pk), jobs_visible_to(user).get(pk=job.pk)):
        waiting = job_waiting(seen)
        assert waiting.code == switch.code
        assert all((waiting.sentence, waiting.next_step, waiting.estimate))
    assert Budget.objects.get().reserved == 2 * PRICE
    assert audit() == []
    switch.turn(on=True)
    tick(job, 2)
    vendor.end()
    assert tick(job).state == State.DONE
    assert Budget.objects.get().spent == vendor.bill == PRICE


def test_what_the_vendor_has_is_polled_to_its_end(
    switch: Switch, job: Job, vendor: Vendor, tick: Tick
) -> None:
    assert tick(job).state == State.SUBMITTED
    switch.turn(on=False)
    vendor.end()
    assert tick(job, 2).state == State.DONE
    assert vendor.posts == 1


def test_the_next_part_of_a_job_waits(
    paid: None, switch: Switch, vendor: Vendor, submit: Callable[..., Job], tick: Tick
) -> None:
    vendor.queue = replace(vendor.queue, max_points=1)
    job = submit(2)
    tick(job)
    switch.turn(on=False)
    vendor.end()
    assert tick(job, 4).state == State.QUEUED
    assert (vendor.posts, job.points_done) == (1, 1)
    switch.turn(on=True)
    tick(job)
    vendor.end()
    assert tick(job).state == State.DONE


def test_a_worker_that_claimed_before_sends_nothing_after(
    switch: Switch, job: Job, tick: Tick
) -> None:
    held = claim(job.pk, owner="w", lease_s=30)
    assert held is not None
    switch.turn(on=False)
    with pytest.raises(LeaseLost):
        submission_begin(held, MemoryBackend().capabilities)
    assert not job.submissions.exists()
    assert job_waiting(held).code == "working"
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert job_waiting(Job.objects.get(pk=job.pk)).code == switch.code
    switch.turn(on=True)
    assert tick(job).state == State.SUBMITTED


@pytest.mark.parametrize("fate", ["lost_before", "lost_after"])
def test_what_may_have_arrived_is_looked_for_and_not_sent_again(
    switch: Switch, job: Job, vendor: Vendor, tick: Tick, fate: str
) -> None:
    vendor.fates = [fate]
    assert tick(job).state == State.SUBMITTING
    switch.turn(on=False)
    tick(job, 3)
    assert vendor.posts == 1
    if fate == "lost_after":
        assert job.state == State.SUBMITTED
        return
    waiting = job_waiting(job)
    assert (job.state, waiting.code) == (State.SUBMITTING, switch.code)
    assert "not sent again" in waiting.sentence
    assert waiting.next_step
    switch.turn(on=True)
    assert tick(job).state == State.SUBMITTED
    assert (vendor.posts, len(vendor.runs)) == (2, 1)


def test_a_waiting_job_can_be_cancelled(switch: Switch, job: Job, user: User) -> None:
    switch.turn(on=False)
    assert job_cancel(job=job, by=user).state == State.CANCELLED
    assert Budget.objects.get().reserved == 0


def test_paid_sources_that_are_off_stop_nothing_that_is_free(
    project: Project, local_job: Job, vendor: Vendor, submit: Callable[..., Job]
) -> None:
    free = submit()
    assert free.estimated_cost == 0
    assert not Project.objects.get(pk=project.pk).paid_sources
    assert set(jobs_due(9)) == {local_job.pk, free.pk}
