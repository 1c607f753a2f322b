"""A vendor's bill that comes or changes after a job ended is corrected in the ledger, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from celery import Task
from django.db import IntegrityError, transaction
from django.utils import timezone

from backends.remote import Charge
from qtwin.accounts.models import AuditEvent
from qtwin.jobs.audit import audit
from qtwin.jobs.models import BillCorrection, Event, Job, State, Submission
from qtwin.jobs.selectors import bills_due
from qtwin.jobs.services import bill_claim, bill_record
from qtwin.jobs.services.backoff import BILL_PATIENCE_S
from qtwin.projects.models import Budget, LedgerEntry
from qtwin.projects.refusal import BudgetExceeded
from tests.memory_vendor import PRICE, Vendor
from tests.unit.jobs.spending.purse import USD, columns, finish
from tests.unit.jobs.stepping import take_steps
from workers.reconcile import reconcile
from workers.sweeper import Sweeper

pytestmark = pytest.mark.django_db

LAG_S = 640.0
"""So a bill is looked at after 10, 20, 40, 80, 160, 320 and 640 s."""


@pytest.fixture
def done(budget: Budget, vendor: Vendor, submit: Callable[..., Job]) -> Job:
    """A job that cost one run, at a vendor whose bills may change for a while."""
    vendor.queue = replace(vendor.queue, bill_lag_s=LAG_S)
    job = take_steps(submit(), 2)
    vendor.end()
    assert finish(job).state == State.DONE
    return job


def part_of(job: Job) -> Submission:
    return job.submissions.get()


def look(job: Job, *, after_s: float) -> Submission:
    """Let so much time pass since the job's run ended, and look at its bill if that is due."""
    part = part_of(job)
    assert part.settled_at is not None
    assert part.bill_due_at is not None
    back = timezone.now() - timedelta(seconds=after_s) - part.settled_at
    job.submissions.update(settled_at=part.settled_at + back, bill_due_at=part.bill_due_at + back)
    reconcile(str(part.pk))
    return part_of(job)


def due_after_s(part: Submission) -> float | None:
    if part.bill_due_at is None or part.settled_at is None:
        return None
    return (part.bill_due_at - part.settled_at).total_seconds()


def test_a_higher_bill_is_added_once_and_the_settlement_stays(
    done: Job, budget: Budget, vendor: Vendor
) -> None:
    assert columns(budget) == (0, PRICE)
    vendor.surcharge(50_000)
    part = look(done, after_s=11)
    assert (part.settled_cost, part.cost) == (PRICE, PRICE + 50_000)
    assert columns(budget) == (0, vendor.bill)
    look(done, after_s=21)
    (entry,) = LedgerEntry.objects.filter(kind="correct")
    correction = BillCorrection.objects.get()
    assert (entry.job_id, entry.amount, entry.correction) == (done.pk, 50_000, correction.pk)
    event = Event.objects.get(kind="bill.corrected")
    assert (event.data["before_micro"], event.data["after_micro"]) == (PRICE, PRICE + 50_000)
    trail = AuditEvent.objects.get(action="job.bill")
    assert (trail.target, trail.data["after_micro_usd"]) == (f"job:{done.pk}", PRICE + 50_000)
    assert audit() == []


def test_the_sweeper_hints_at_bills_that_are_due(
    done: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str]] = []

    def send(task: Task[..., None], args: tuple[str], **_: object) -> None:
        sent.append((task.name, *args))

    monkeypatch.setattr(Task, "apply_async", send)
    hint = ("workers.reconcile", str(part_of(done).pk))
    Sweeper().sweep()
    assert hint not in sent
    done.submissions.update(bill_due_at=timezone.now() - timedelta(seconds=1))
    Sweeper().sweep()
    assert hint in sent


def test_a_bill_may_go_down_and_up_again(done: Job, budget: Budget, vendor: Vendor) -> None:
    for after_s, surcharge in ((11, -PRICE), (21, 7), (41, 7), (81, -1)):
        vendor.surcharge(surcharge)
        look(done, after_s=after_s)
        assert columns(budget) == (0, vendor.bill)
    assert list(BillCorrection.objects.values_list("number", "before", "after")) == [
        (1, PRICE, 0),
        (2, 0, PRICE + 7),
        (3, PRICE + 7, PRICE - 1),
    ]
    assert audit() == []


def test_a_late_bill_may_overdraw_a_budget_and_the_project_is_told(
    done: Job, budget: Budget, vendor: Vendor, submit: Callable[..., Job]
) -> None:
    vendor.surcharge(4 * USD)
    look(done, after_s=11)
    budget.refresh_from_db()
    assert budget.overdrawn
    event = Event.objects.get(kind="budget.overdrawn")
    assert (event.job_id, event.data["left_micro"]) == (done.pk, budget.left)
    with pytest.raises(BudgetExceeded):
        submit(1)
    vendor.surcharge(0)
    look(done, after_s=21)
    assert submit(1).state == State.QUEUED
    assert Event.objects.filter(kind="budget.overdrawn").count() == 1


def test_looks_grow_rarer_and_end_with_the_time_that_the_vendor_has(
    done: Job, vendor: Vendor
) -> None:
    part = part_of(done)
    assert due_after_s(part) == pytest.approx(10)
    reconcile(str(part.pk))
    assert part_of(done).bill_checks == 0, "it was not due"
    seen = [due_after_s(look(done, after_s=after_s)) for after_s in (10, 21, 45, 500, 640)]
    assert seen == [20, 40, 80, 640, None]
    assert not bills_due().exists()
    vendor.surcharge(5)
    reconcile(str(part.pk))
    assert not BillCorrection.objects.exists()


def test_a_vendor_that_says_nothing_is_asked_again_but_not_for_ever(
    done: Job, vendor: Vendor
) -> None:
    vendor.answers = False
    assert due_after_s(look(done, after_s=11)) == pytest.approx(311, abs=2)
    last = look(done, after_s=LAG_S + BILL_PATIENCE_S + 1)
    assert last.bill_due_at is None
    event = Event.objects.get(kind="bill.unknown")
    assert event.data["reason"] == "the vendor does not answer"


def test_a_job_without_a_late_bill_is_never_looked_at_again(
    budget: Budget, vendor: Vendor, submit: Callable[..., Job]
) -> None:
    job = take_steps(submit(), 2)
    vendor.end()
    finish(job)
    assert part_of(job).bill_due_at is None


def test_a_part_of_a_job_that_goes_on_is_looked_at_when_the_job_has_ended(
    budget: Budget, vendor: Vendor, submit: Callable[..., Job]
) -> None:
    vendor.queue = replace(vendor.queue, bill_lag_s=LAG_S, max_points=1)
    job = submit(2)
    take_steps(job, 2)
    vendor.end()
    take_steps(job, 2)
    first = job.submissions.get(part=0)
    Submission.objects.filter(pk=first.pk).update(bill_due_at=timezone.now() - timedelta(days=1))
    assert (first.state, bills_due().count()) == ("DONE", 0)
    vendor.end()
    finish(job)
    vendor.surcharge(9)
    assert [row.pk for row in bills_due()] == [first.pk]
    reconcile(str(first.pk))
    assert columns(budget) == (0, 2 * PRICE + 9)
    assert audit() == []


def test_who_asked_before_somebody_else_does_not_correct(done: Job, vendor: Vendor) -> None:
    job_past = timezone.now() - timedelta(seconds=1)
    done.submissions.update(bill_due_at=job_past)
    slow = bill_claim(part_of(done).pk, wait_s=-1)
    quick = bill_claim(part_of(done).pk, wait_s=60)
    assert slow is not None
    assert quick is not None
    assert bill_record(quick, charged=Charge(cost_micro_usd=PRICE + 5))
    assert not bill_record(slow, charged=Charge(cost_micro_usd=PRICE + 3))
    assert part_of(done).cost == PRICE + 5


def test_the_ledger_takes_a_negative_amount_only_for_a_correction(
    done: Job, budget: Budget
) -> None:
    row = {"budget": budget, "job_id": done.pk, "amount": -1}
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(**row, kind="release")
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(**row, kind="correct")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda: LedgerEntry.objects.filter(kind="correct").delete(), "was corrected by None"),
        (lambda: BillCorrection.objects.all().delete(), "which no bill says"),
        (lambda: BillCorrection.objects.update(before=1), "changed from 1, not 300000"),
    ],
)
def test_damage_to_corrections_is_named(
    done: Job, vendor: Vendor, damage: Callable[[], object], sentence: str
) -> None:
    vendor.surcharge(5)
    look(done, after_s=11)
    damage()
    assert any(sentence in finding for finding in audit()), audit()
