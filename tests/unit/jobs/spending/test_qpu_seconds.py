"""Seconds of a QPU are a unit of their own: settled at the vendor's count, once it counts them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from qtwin.accounts.models import AuditEvent, User
from qtwin.jobs.audit import audit
from qtwin.jobs.models import BillCorrection, Event, Job, State, Submission
from qtwin.jobs.services import job_cancel
from qtwin.projects.models import Budget, LedgerEntry, Project, Unit
from qtwin.projects.refusal import BudgetExceeded
from tests.memory_vendor import PRICE, Vendor
from tests.unit.jobs.spending.purse import columns, finish, grant
from tests.unit.jobs.stepping import take_steps
from workers.reconcile import reconcile

pytestmark = pytest.mark.django_db

SECOND = 1_000_000
RESERVED = 5 * SECOND
"""Of a job of two points."""


@pytest.fixture
def seconds(project: Project, budget: Budget) -> Budget:
    """Twelve seconds of a QPU."""
    return grant(project, Unit.QPU_SECONDS, 12 * SECOND)


@pytest.fixture
def ran(vendor: Vendor, submit: Callable[..., Job], seconds: Budget) -> Callable[..., Job]:
    """A job of two points that ran for so long."""

    def run(qpu_s: float | None, *, word: str = "COMPLETED") -> Job:
        vendor.qpu_s = qpu_s
        job = take_steps(submit(), 2)
        assert columns(seconds)[0] == RESERVED
        vendor.end(word)
        return finish(job)

    return run


def look(job: Job, *, after_s: float) -> None:
    """Look at the bill when so much time has passed since the run was settled."""
    past = timezone.now() - timedelta(seconds=after_s)
    job.submissions.update(settled_at=past, bill_due_at=past)
    reconcile(str(job.submissions.get().pk))


def test_what_the_vendor_counts_is_settled_and_the_rest_released(
    ran: Callable[..., Job], seconds: Budget, budget: Budget
) -> None:
    job = ran(1.25)
    assert job.state == State.DONE
    assert columns(seconds) == (0, 1_250_000)
    assert columns(budget) == (0, PRICE)
    assert (job.submissions.get().settled_qpu, job.submissions.get().qpu) == (1_250_000,) * 2
    assert audit() == []


def test_where_it_counts_none_the_points_that_ran_count(
    ran: Callable[..., Job], seconds: Budget
) -> None:
    ran(None)
    assert columns(seconds) == (0, RESERVED)
    assert audit() == []


def test_a_run_that_failed_at_the_vendor_has_used_what_it_says(
    ran: Callable[..., Job], seconds: Budget
) -> None:
    assert ran(0.75, word="FAILED").state == State.FAILED
    assert columns(seconds) == (0, 750_000)
    assert audit() == []


def test_a_cancelled_job_gives_its_seconds_back(
    vendor: Vendor, submit: Callable[..., Job], seconds: Budget, user: User
) -> None:
    job_cancel(job=submit(), by=user)
    assert columns(seconds) == (0, 0)
    job = take_steps(submit(), 2)
    job_cancel(job=job, by=user)
    assert finish(job).state == State.CANCELLED
    assert columns(seconds) == (0, 0)
    assert audit() == []


def test_more_seconds_than_there_are_land_and_block_the_next_job(
    ran: Callable[..., Job], submit: Callable[..., Job], seconds: Budget
) -> None:
    job = ran(40.5)
    assert job.state == State.DONE
    assert columns(seconds) == (0, 40_500_000)
    event = Event.objects.get(kind="budget.overdrawn")
    assert (event.data["unit"], event.data["left_micro"]) == ("qpu_seconds", -28_500_000)
    with pytest.raises(BudgetExceeded, match="QPU s"):
        submit(1)


def test_seconds_that_are_counted_later_correct_what_was_settled(
    ran: Callable[..., Job], vendor: Vendor, seconds: Budget, budget: Budget
) -> None:
    vendor.queue = replace(vendor.queue, bill_lag_s=640.0)
    job = ran(None)
    vendor.qpu_s = 1.5
    look(job, after_s=11)
    assert columns(seconds) == (0, 1_500_000)
    assert columns(budget) == (0, PRICE), "the money is the same"
    correction = BillCorrection.objects.get()
    assert (correction.unit, correction.before, correction.after) == (
        *("qpu_seconds", RESERVED, 1_500_000),
    )
    (entry,) = LedgerEntry.objects.filter(kind="correct")
    assert (entry.budget, entry.amount) == (seconds, 1_500_000 - RESERVED)
    trail = AuditEvent.objects.get(action="job.bill")
    assert trail.data["after_micro_qpu_seconds"] == 1_500_000
    assert job.submissions.get().qpu == 1_500_000
    assert audit() == []


def test_money_and_seconds_are_corrected_by_one_look(
    ran: Callable[..., Job], vendor: Vendor, seconds: Budget, budget: Budget
) -> None:
    vendor.queue = replace(vendor.queue, bill_lag_s=640.0)
    job = ran(2.0)
    for after_s, qpu_s, surcharge in ((11, 2.5, 70), (21, 3.0, 90)):
        vendor.qpu_s = qpu_s
        vendor.surcharge(surcharge)
        look(job, after_s=after_s)
        assert columns(seconds) == (0, round(qpu_s * SECOND))
        assert columns(budget) == (0, PRICE + surcharge)
    assert BillCorrection.objects.count() == 4
    assert audit() == []


def test_the_audit_names_seconds_that_do_not_match(ran: Callable[..., Job]) -> None:
    ran(1.25)
    Submission.objects.update(settled_qpu=7)
    assert any("1250000 micro-qpu_seconds" in finding for finding in audit()), audit()


def test_the_api_and_the_page_say_how_long_it_ran(
    ran: Callable[..., Job], vendor: Vendor, api: APIClient, client: Client, user: User
) -> None:
    vendor.queue = replace(vendor.queue, bill_lag_s=640.0)
    job = ran(1.25)
    vendor.qpu_s = 1.5
    look(job, after_s=11)
    row = api.get(f"/api/v1/jobs/{job.pk}").json()
    assert [part["qpu_seconds"] for part in row["submissions"]] == [1.5]
    ledger = api.get(f"/api/v1/projects/{job.project_id}/ledger").json()["results"]
    said = {(one["kind"], one["amount"]) for one in ledger if one["unit"] == "qpu_seconds"}
    assert said == {("reserve", 5.0), ("release", 5.0), ("settle", 1.25), ("correct", 0.25)}
    client.force_login(user)
    page = client.get(f"/jobs/{job.pk}").content.decode()
    assert "0.30 USD, 1.50 QPU s" in page
    assert "changed its bill from 1.25 QPU s to 1.50 QPU s" in page
