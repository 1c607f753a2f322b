"""A vendor that states another cost after a job has ended: our books follow its bill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from qtwin.jobs.audit import audit
from qtwin.jobs.models import Job, State, Submission
from qtwin.jobs.selectors import bills_due
from qtwin.projects.models import Budget, LedgerEntry
from tests.faults.vendor.backend import MockVendor
from tests.faults.vendor.start import Started
from tests.unit.jobs.stepping import take_steps
from workers.reconcile import reconcile

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(submit: Callable[[int], Job], monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job of two tasks, at a vendor that may change its bill for a minute."""
    able = MockVendor.capabilities
    assert able.queue is not None
    late = replace(able, queue=replace(able.queue, bill_lag_s=60.0))
    monkeypatch.setattr(MockVendor, "capabilities", late)
    job = take_steps(submit(3), 8)
    assert (job.state, job.submissions.count()) == (State.DONE, 2)
    return job


@pytest.mark.parametrize("extra", [12_345, -12_345])
def test_the_books_follow_the_vendors_bill(sold: Started, done: Job, extra: int) -> None:
    budget = Budget.objects.get()
    assert budget.spent == sold.charged
    sold.charge(extra=extra)
    assert budget.spent == sold.charged - 2 * extra
    Submission.objects.update(bill_due_at=timezone.now() - timedelta(seconds=1))
    for pk in list(bills_due().values_list("pk", flat=True)):
        reconcile(str(pk))
    budget.refresh_from_db()
    assert (budget.reserved, budget.spent) == (0, sold.charged)
    kinds = LedgerEntry.objects.order_by("pk").values_list("kind", "amount")
    assert list(kinds)[-2:] == [("correct", extra), ("correct", extra)]
    assert audit() == []
